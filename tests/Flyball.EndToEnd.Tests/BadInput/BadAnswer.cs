using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flyball.EndToEnd.Tests.BadInput;

/// <summary>An answer to bad input, and what is wrong with it as an answer.</summary>
internal sealed record BadAnswer(int Status, string? Type, string Text)
{
    public JsonObject Document => Assert.IsType<JsonObject>(JsonNode.Parse(Text));

    /// <summary>The fields that the problem document names.</summary>
    public IReadOnlyList<string> Fields =>
        [.. Errors.Select(e => e?["field"]?.GetValue<string>()).OfType<string>()];

    private IEnumerable<JsonNode?> Errors =>
        Document["errors"] is JsonArray errors ? errors : [];

    public static async Task<BadAnswer> OfAsync(HttpClient http, string path, HttpContent content, string? type)
    {
        content.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        using var response = await http.SendAsync(request);
        return new BadAnswer((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType, await response.Content.ReadAsStringAsync());
    }

    /// <summary>What is wrong with it: not a refusal, not a problem document, or one that shows the inside; null when nothing is.</summary>
    public string? Defect(IEnumerable<string> secrets, int? expected = null)
    {
        if (expected is { } one ? Status != one : Status is < 400 or >= 500)
        {
            return $"status {Status}: {Text}";
        }

        if (Type != "application/problem+json")
        {
            return $"{Status} of type '{Type}' is no problem document: {Text}";
        }

        try
        {
            var document = JsonNode.Parse(Text);
            foreach (var member in (string[])["type", "title", "status", "detail", "errors"])
            {
                if (document?[member] is null)
                {
                    return $"{Status} lacks '{member}': {Text}";
                }
            }
        }
        catch (JsonException e)
        {
            return $"{Status} is not JSON ({e.Message}): {Text}";
        }

        return secrets.Append("   at ").Append("Exception").Append("System.").FirstOrDefault(s => Text.Contains(s, StringComparison.Ordinal)) is { } shown
            ? $"{Status} shows '{shown}': {Text}"
            : null;
    }
}
