using System.Text.Json.Nodes;

namespace Flyball.Client;

/// <summary>The server refused a request.</summary>
/// <param name="status">HTTP status.</param>
/// <param name="document">The RFC 9457 problem document, when the answer was one.</param>
public sealed class FlyballProblemException(int status, JsonObject? document)
    : Exception(document?["detail"]?.GetValue<string>() ?? $"The server answered {status}.")
{
    public int Status { get; } = status;

    public JsonObject? Document { get; } = document;

    /// <summary>The stable code, such as <c>FLY4004</c>.</summary>
    public string? Code => Document?["code"]?.GetValue<string>();
}
