using System.Text.Json.Nodes;

namespace Flyball.Training;

/// <summary>What two runs differ in: the ingredients of their ids, leaf by leaf, and their metrics.</summary>
internal static class RunComparison
{
    public static JsonObject Of(TrainingRun one, TrainingRun two)
    {
        var ingredients = new JsonArray();
        Compare("", Parse(one.Identity), Parse(two.Identity), ingredients);
        return new JsonObject
        {
            ["runs"] = new JsonArray(Head(one), Head(two)),
            ["identical"] = one.Bundle is not null && one.Bundle == two.Bundle,
            ["ingredients"] = ingredients,
            ["metrics"] = Metrics(one, two),
        };
    }

    private static JsonObject Head(TrainingRun run) => new()
    {
        ["run_id"] = run.RunId,
        ["model"] = run.Model,
        ["state"] = run.State,
        ["started_at"] = run.StartedAt,
        ["bundle"] = run.Bundle,
    };

    /// <summary>Adds an entry for each leaf that is not the same on both sides; lists are leaves.</summary>
    private static void Compare(string path, JsonNode? one, JsonNode? two, JsonArray found)
    {
        if (one is JsonObject left && two is JsonObject right)
        {
            foreach (var name in left.Select(m => m.Key).Union(right.Select(m => m.Key), StringComparer.Ordinal).Order(StringComparer.Ordinal))
            {
                Compare(path.Length == 0 ? name : $"{path}.{name}", left[name], right[name], found);
            }
        }
        else if (!JsonNode.DeepEquals(one, two))
        {
            found.Add(new JsonObject { ["ingredient"] = path, ["one"] = one?.DeepClone(), ["two"] = two?.DeepClone() });
        }
    }

    private static JsonArray Metrics(TrainingRun one, TrainingRun two)
    {
        var (left, right) = (MetricsOf(one), MetricsOf(two));
        var rows = new JsonArray();
        foreach (var name in left.Keys.Union(right.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var (a, b) = (Value(left, name), Value(right, name));
            rows.Add(new JsonObject { ["metric"] = name, ["one"] = a, ["two"] = b, ["difference"] = b - a });
        }

        return rows;
    }

    private static double? Value(Dictionary<string, double> metrics, string name) => metrics.TryGetValue(name, out var value) ? value : null;

    private static Dictionary<string, double> MetricsOf(TrainingRun run) =>
        Parse(run.Result)?["metrics"] is JsonObject metrics ? metrics.ToDictionary(m => m.Key, m => m.Value!.GetValue<double>(), StringComparer.Ordinal) : [];

    private static JsonNode? Parse(string? json) => json is null ? null : JsonNode.Parse(json);
}
