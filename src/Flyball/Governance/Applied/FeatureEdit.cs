using System.Text.Json.Nodes;

namespace Flyball.Governance.Applied;

/// <summary>One feature that differs between what is applied and the folder.</summary>
/// <param name="Feature"><c>view.feature</c>.</param>
/// <param name="Change"><c>added</c>, <c>removed</c>, <c>changed</c> (it means something else), <c>retired</c>, <c>restored</c> or <c>described</c> (words or checks).</param>
/// <param name="From">Digest of its meaning now; null when it is added.</param>
/// <param name="To">Digest of its meaning in the folder; null when it is removed.</param>
/// <param name="Models">Models whose files select it, before or after, in order.</param>
public sealed record FeatureEdit(string Feature, string Change, string? From, string? To, IReadOnlyList<string> Models)
{
    /// <summary>Versions in service that use it, as <c>model version (role)</c>.</summary>
    public IReadOnlyList<string> Versions { get; init; } = [];

    /// <summary>Its values would be others, or none.</summary>
    public bool IsBreaking => Change is "changed" or "removed";

    public JsonObject ToJson() => new()
    {
        ["feature"] = Feature,
        ["change"] = Change,
        ["breaking"] = IsBreaking && Versions.Count > 0,
        ["from"] = From,
        ["to"] = To,
        ["models"] = new JsonArray([.. Models.Select(m => (JsonNode)m)]),
        ["versions"] = new JsonArray([.. Versions.Select(v => (JsonNode)v)]),
    };
}
