using System.Text.Json.Nodes;

namespace Flyball.Serving.Parity;

/// <summary>One feature of one prediction that is not the same bits offline.</summary>
/// <param name="Feature"><c>view.feature</c>.</param>
/// <param name="Online">As it was logged; null for null.</param>
/// <param name="Offline">As it comes out now.</param>
public sealed record ParityMismatch(string RequestId, string Feature, JsonNode? Online, JsonNode? Offline);
