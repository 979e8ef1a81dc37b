using System.Text.Json;

namespace Flyball.Server.Protocols.OpenInference;

/// <summary>Reads what is asked of the repository's index: nothing, or an object whose <c>ready</c> may leave out what does not answer.</summary>
internal static class IndexRequest
{
    /// <exception cref="Engine.Problems.FlyballException">FLY3400: it is something else.</exception>
    public static bool IsReadyAlone(ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty)
        {
            return false;
        }

        try
        {
            using var asked = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 8 });
            return asked.RootElement.ValueKind == JsonValueKind.Object && asked.RootElement.TryGetProperty("ready", out var ready) && ready.ValueKind == JsonValueKind.True;
        }
        catch (JsonException)
        {
            throw InferenceRefusals.Malformed("The request is not JSON.");
        }
    }
}
