using System.Buffers;
using System.Text;
using System.Text.Json;
using Flyball.Problems;

namespace Flyball.Server.Protocols.Mlflow;

/// <summary>Reads the JSON of a request as leniently as the protocol does, and its content type strictly: a web page can send any other without asking.</summary>
internal static class MlflowBody
{
    private const int Largest = 32 << 20;

    private static readonly JsonElement Empty = JsonDocument.Parse("{}").RootElement;

    public static async ValueTask<byte[]> ReadAsync(HttpContext context)
    {
        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(context.RequestAborted);
            if (read.Buffer.Length > Largest)
            {
                reader.AdvanceTo(read.Buffer.End);
                throw MlflowException.Invalid($"The body is larger than {Largest} bytes.");
            }

            if (!read.IsCompleted)
            {
                reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                continue;
            }

            var body = read.Buffer.ToArray();
            reader.AdvanceTo(read.Buffer.End);
            return (body.Length == 0 && context.Request.ContentType is null) || JsonMediaType.Is(context.Request.ContentType)
                ? body
                : throw MlflowException.Invalid("Bad Request. Content-Type must be application/json.");
        }
    }

    /// <summary>The object of a body. What is none counts as an empty one, so that what is missing is named.</summary>
    public static JsonElement Parse(byte[] body)
    {
        if (body.Length == 0)
        {
            return Empty;
        }

        try
        {
            var root = JsonElementOf(body);
            // Very old clients send the JSON as a text in JSON.
            if (root.ValueKind == JsonValueKind.String)
            {
                root = JsonDocument.Parse(root.GetString()!).RootElement;
            }

            return root.ValueKind == JsonValueKind.Object && AreNamesWhole(body, root) ? root : Empty;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return Empty;
        }
    }

    /// <summary>Whether no name escapes half of a character: members could not be looked up beside it.</summary>
    private static bool AreNamesWhole(byte[] body, JsonElement root)
    {
        if (body.AsSpan().IndexOf("\\u"u8) < 0)
        {
            return true;
        }

        var json = new Utf8JsonReader(Encoding.UTF8.GetBytes(root.GetRawText()));
        while (json.Read())
        {
            if (json.TokenType == JsonTokenType.PropertyName && json.ValueIsEscaped)
            {
                // Throws what Parse takes for no object.
                _ = json.GetString();
            }
        }

        return true;
    }

    private static JsonElement JsonElementOf(byte[] body)
    {
        var reader = new Utf8JsonReader(body);
        var root = JsonElement.ParseValue(ref reader);
        return reader.Read() ? throw new JsonException("Something follows the JSON.") : root;
    }
}
