using System.Text.Json.Nodes;
using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Problems;
using Flyball.Training;

namespace Flyball.Governance.Applied;

/// <summary>What applying the folder would do.</summary>
/// <param name="Plan">The folder, compiled; null when it has problems of its own.</param>
/// <param name="Digest">Names the folder's documents; null when they cannot be read.</param>
/// <param name="Files">Files that differ from those applied, with <c>added</c>, <c>changed</c> or <c>removed</c>.</param>
/// <param name="Changes">Definition by definition.</param>
/// <param name="Problems">What no permission overrides; empty when it may be applied.</param>
/// <param name="Breaks">Models that would break, each with the reason, by name.</param>
public sealed record ProjectProposal(
    ProjectPlan? Plan,
    Digest? Digest,
    IReadOnlyDictionary<string, string> Files,
    IReadOnlyList<ProjectChange> Changes,
    IReadOnlyList<Problem> Problems,
    IReadOnlyDictionary<string, string> Breaks)
{
    /// <summary>The folder says what is applied already.</summary>
    public bool IsSame => Plan is not null && Files.Count == 0;

    /// <summary>Nothing speaks against applying it unasked.</summary>
    public bool IsHarmless => Plan is not null && Problems.Count == 0 && Breaks.Count == 0;

    public JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["same"] = IsSame,
            ["allowed"] = Plan is not null && Problems.Count == 0,
            ["harmless"] = IsHarmless,
            ["digest"] = Digest?.Hex,
            ["files"] = new JsonArray([.. Files.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => (JsonNode)new JsonObject { ["path"] = f.Key, ["change"] = f.Value })]),
            ["changes"] = new JsonArray([.. Changes.Select(c => (JsonNode)c.ToJson())]),
            ["breaks"] = new JsonArray([.. Breaks.OrderBy(b => b.Key, StringComparer.Ordinal).Select(b => (JsonNode)new JsonObject { ["model"] = b.Key, ["reason"] = b.Value })]),
        };
        json["problems"] = Problems.Count == 0 ? new JsonArray() : ProblemResults.Document(Problems)["errors"]!.DeepClone();
        return json;
    }
}
