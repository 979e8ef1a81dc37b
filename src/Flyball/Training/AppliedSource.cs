using System.Text.Json.Nodes;
using Flyball.Engine.Identity;

namespace Flyball.Training;

/// <summary>Where the definitions in force come from, as this program saw it when it took them. What a caller says of its own folder is no part of it.</summary>
/// <param name="Applied">Names the documents themselves: their paths and digests.</param>
/// <param name="Tree">What version control said of their folder at that moment; null without version control.</param>
public sealed record AppliedSource(Digest Applied, SourceTree? Tree)
{
    private const string ClaimedMember = "claimed";

    /// <summary>As a run keeps it.</summary>
    /// <param name="claimed">What the caller said of its folder; kept as such, and never signed.</param>
    internal JsonObject ToJson(JsonObject? claimed)
    {
        var json = new JsonObject { ["applied"] = Applied.Hex, ["commit"] = Tree?.Commit, ["branch"] = Tree?.Branch, ["dirty"] = Tree?.Dirty };
        return With(json, claimed);
    }

    /// <summary>A run of definitions that were not applied, with what its caller said; null when that is nothing.</summary>
    internal static JsonObject? Unknown(JsonObject? claimed) => claimed is null ? null : With([], claimed);

    /// <summary>What a run keeps, when this program saw it; null for a run that keeps a caller's words alone.</summary>
    internal static AppliedSource? Read(string? source) =>
        source is not null && JsonNode.Parse(source) is JsonObject json && Digest.TryParse((string?)json["applied"], out var applied)
            ? new AppliedSource(applied, (string?)json["commit"] is { } commit ? new SourceTree(commit, (string?)json["branch"], (bool?)json["dirty"] ?? true) : null)
            : null;

    private static JsonObject With(JsonObject json, JsonObject? claimed)
    {
        if (claimed is not null)
        {
            json[ClaimedMember] = claimed.DeepClone();
        }

        return json;
    }
}
