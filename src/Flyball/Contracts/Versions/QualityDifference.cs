using System.Text.Json.Nodes;

namespace Flyball.Contracts.Versions;

/// <summary>
/// Quality rules that came, went or changed. Rules are matched by name or id, else by metric. One that puts rows aside makes fewer rows pass;
/// one that only speaks (a text, or an outcome of alert or record) changes no row.
/// </summary>
internal static class QualityDifference
{
    private static readonly HashSet<string> Words = ["description", "id", "name", "tags", "authoritativeDefinitions", "businessImpact", "dimension", "scheduler", "schedule"];

    public static void Add(string? field, JsonArray? was, JsonArray? now, List<ContractChange> changes)
    {
        var (old, next) = (Named(was), Named(now));
        foreach (var (name, rule) in old)
        {
            if (!next.TryGetValue(name, out var other))
            {
                changes.Add(new ContractChange(field, "quality rule removed", VersionStep.Minor, $"{name}: nothing more is refused by it."));
            }
            else if (!ContractDifference.Same(rule, other))
            {
                changes.Add(Changed(field, name, rule, other));
            }
        }

        changes.AddRange(next.Where(n => !old.ContainsKey(n.Key)).Select(n => OnlySpeaks(n.Value)
            ? new ContractChange(field, "quality rule added", VersionStep.Minor, $"{n.Key}: it puts no row aside.")
            : new ContractChange(field, "quality rule added", VersionStep.Major, $"{n.Key}: it may put rows aside that were accepted.")));
    }

    /// <summary>Every item of the one is in the other.</summary>
    public static bool IsWithin(JsonArray some, JsonArray all)
    {
        var known = all.Select(a => a?.ToJsonString()).ToHashSet(StringComparer.Ordinal);
        return some.All(s => known.Contains(s?.ToJsonString()));
    }

    private static ContractChange Changed(string? field, string name, JsonObject was, JsonObject now)
    {
        var different = was.Select(m => m.Key).Union(now.Select(m => m.Key), StringComparer.Ordinal).Where(m => !ContractDifference.Same(was[m], now[m])).ToList();
        if (different.All(Words.Contains))
        {
            return new ContractChange(field, "quality rule reworded", VersionStep.Patch, $"{name}: words only.");
        }

        if (OnlySpeaks(now))
        {
            return new ContractChange(field, "quality rule changed", VersionStep.Minor, $"{name}: it puts no row aside.");
        }

        var choices = different.All(d => d == "arguments" || Words.Contains(d)) && was["metric"]?.ToString() == "invalidValues" && Limits(was)
            && was["arguments"] is JsonObject { Count: 1 } a && now["arguments"] is JsonObject { Count: 1 } b
            && a["validValues"] is JsonArray old && b["validValues"] is JsonArray next && IsWithin(old, next);
        return choices
            ? new ContractChange(field, "choices widened", VersionStep.Minor, $"{name}: every value that was valid still is.")
            : new ContractChange(field, "quality rule changed", VersionStep.Major, $"{name}: it may put rows aside that were accepted.");
    }

    /// <summary>Fewer invalid values can only meet the rule better.</summary>
    private static bool Limits(JsonObject rule) => !rule.Any(m => m.Key.StartsWith("mustNotBe", StringComparison.Ordinal) || m.Key.StartsWith("mustBeGreater", StringComparison.Ordinal)
        || m.Key == "mustBeBetween" || (m.Key == "mustBe" && m.Value?.ToString() != "0"));

    private static bool OnlySpeaks(JsonObject rule) =>
        rule["type"]?.ToString() == "text" || ContractDifference.CustomOf(rule).GetValueOrDefault("outcome")?.ToString() is "alert" or "record";

    private static Dictionary<string, JsonObject> Named(JsonArray? rules)
    {
        var named = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var rule in (rules ?? []).OfType<JsonObject>())
        {
            var name = (rule["name"] ?? rule["id"] ?? rule["metric"] ?? rule["rule"] ?? rule["description"])?.ToString() ?? "rule";
            for (var twin = 2; !named.TryAdd(name, rule); twin++)
            {
                name = FormattableString.Invariant($"{name} ({twin})");
            }
        }

        return named;
    }
}
