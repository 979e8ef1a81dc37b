using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flyball.Training.Tracking;

/// <summary>Reads JSON that a client put into a text. Whatever is wrong with it is found here, and not by whoever walks through it later.</summary>
public static class ForeignJson
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>The document; null when the text is none, names a member twice, or escapes half of a character.</summary>
    /// <param name="text">As it was sent; null reads as nothing.</param>
    public static JsonNode? Read(string? text)
    {
        if (text is null)
        {
            return null;
        }

        try
        {
            var utf8 = Encoding.UTF8.GetBytes(text);
            var json = new Utf8JsonReader(utf8);
            while (json.Read())
            {
                if (json.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && json.ValueIsEscaped)
                {
                    _ = json.GetString();
                }
            }

            return JsonNode.Parse(utf8, documentOptions: Strict);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
