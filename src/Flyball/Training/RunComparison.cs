using System.Text.Json.Nodes;

namespace Flyball.Training;

/// <summary>
/// What runs differ in: parameters, features, dataset, the other ingredients of their ids, and their metrics. An entry has a value for each run, in the
/// order asked for; of two runs metrics have their difference too.
/// </summary>
internal static class RunComparison
{
    public static JsonObject Of(IReadOnlyList<TrainingRun> runs)
    {
        var identities = runs.Select(r => Parse(r.Identity)).ToList();
        return new JsonObject
        {
            ["runs"] = new JsonArray([.. runs.Select(Head)]),
            ["identical"] = runs.All(r => r.Bundle is not null && r.Bundle == runs[0].Bundle),
            ["params"] = Different("param", [.. identities.Select(i => Leaves(i?["trainer"]))]),
            ["features"] = Different("feature", [.. identities.Select(i => Leaves(i?["feature_definitions"]))]),
            ["dataset"] = Different("dataset", [.. identities.Select(Dataset)]),
            ["ingredients"] = Different("ingredient", [.. identities.Select(Leaves)]),
            ["metrics"] = Metrics(runs),
        };
    }

    private static JsonNode Head(TrainingRun run) => new JsonObject
    {
        ["run_id"] = run.RunId,
        ["model"] = run.Model,
        ["state"] = run.State,
        ["started_at"] = run.StartedAt,
        ["bundle"] = run.Bundle,
    };

    /// <summary>The members that are not the same in all runs.</summary>
    private static JsonArray Different(string what, IReadOnlyList<SortedDictionary<string, JsonNode?>> all)
    {
        var found = new JsonArray();
        foreach (var name in all.SelectMany(a => a.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            List<JsonNode?> values = [.. all.Select(a => a.GetValueOrDefault(name))];
            if (values.Any(v => !JsonNode.DeepEquals(v, values[0])))
            {
                found.Add(Entry(what, name, values));
            }
        }

        return found;
    }

    private static JsonObject Entry(string what, string name, List<JsonNode?> values)
    {
        var entry = new JsonObject { [what] = name, ["values"] = new JsonArray([.. values.Select(v => v?.DeepClone())]) };
        if (values.Count == 2)
        {
            (entry["one"], entry["two"]) = (values[0]?.DeepClone(), values[1]?.DeepClone());
        }

        return entry;
    }

    /// <summary>The leaves of an object by their paths; lists are leaves, and so is what is no object.</summary>
    private static SortedDictionary<string, JsonNode?> Leaves(JsonNode? node)
    {
        var leaves = new SortedDictionary<string, JsonNode?>(StringComparer.Ordinal);
        Add("", node);
        return leaves;

        void Add(string path, JsonNode? at)
        {
            if (at is not JsonObject members)
            {
                if (path.Length > 0)
                {
                    leaves[path] = at;
                }

                return;
            }

            foreach (var (name, value) in members)
            {
                Add(path.Length == 0 ? name : $"{path}.{name}", value);
            }
        }
    }

    /// <summary>The tables with their digests, and up to where and when they were read.</summary>
    private static SortedDictionary<string, JsonNode?> Dataset(JsonObject? identity)
    {
        var found = new SortedDictionary<string, JsonNode?>(StringComparer.Ordinal) { ["horizon"] = identity?["horizon"], ["as_of"] = identity?["as_of"] };
        foreach (var table in (identity?["tables"] as JsonArray ?? []).Select(t => ((string)t!).Split(' ')))
        {
            found[$"table {table[0]}"] = table[^1];
        }

        return found;
    }

    private static JsonArray Metrics(IReadOnlyList<TrainingRun> runs)
    {
        var all = runs.Select(r => Leaves(Parse(r.Result)?["metrics"])).ToList();
        var rows = new JsonArray();
        foreach (var name in all.SelectMany(a => a.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var entry = Entry("metric", name, [.. all.Select(a => a.GetValueOrDefault(name))]);
            if (runs.Count == 2)
            {
                entry["difference"] = Number(all[1], name) - Number(all[0], name);
            }

            rows.Add(entry);
        }

        return rows;
    }

    private static double? Number(SortedDictionary<string, JsonNode?> metrics, string name) => metrics.GetValueOrDefault(name)?.GetValue<double>();

    private static JsonObject? Parse(string? json) => json is null ? null : JsonNode.Parse(json) as JsonObject;
}
