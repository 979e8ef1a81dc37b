using System.Text.Json.Nodes;

namespace Flyball.Contracts.Quality;

/// <summary>Findings as they stand in answers and in the log.</summary>
internal static class FindingJson
{
    public static JsonArray Write(IReadOnlyList<Finding> findings) => new([.. findings.Select(f =>
    {
        var json = new JsonObject { ["rule"] = f.Rule, ["outcome"] = f.Outcome.ToString().ToLowerInvariant(), ["severity"] = f.Severity, ["message"] = f.Message };
        if (f.Field is not null)
        {
            json["field"] = f.Field;
        }

        if (f.Seen is { } seen && double.IsFinite(seen))
        {
            json["seen"] = seen;
        }

        if (f.Bound is { } bound && double.IsFinite(bound))
        {
            json["bound"] = bound;
        }

        return (JsonNode)json;
    })]);

    public static IReadOnlyList<Finding> Read(JsonNode? findings) => [.. (findings as JsonArray ?? []).Select(f => new Finding(
        (string)f!["rule"]!, (string?)f["field"], QualityItem.ParseOutcome((string)f["outcome"]!) ?? RuleOutcome.Record, (string)f["severity"]!, (string)f["message"]!, (double?)f["seen"], (double?)f["bound"]))];
}
