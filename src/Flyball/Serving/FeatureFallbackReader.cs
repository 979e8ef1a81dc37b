using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Features;
using Flyball.Projects;
using Flyball.Serving.Degradation;

namespace Flyball.Serving;

/// <summary>Reads <c>serve: features:</c>. Every feature that defaults have to stand in for must be declared: nothing is null by accident.</summary>
internal static class FeatureFallbackReader
{
    /// <summary>A year.</summary>
    private const long LongestStale = 366L * 86_400_000_000;

    /// <summary>Stands for every feature that is not named.</summary>
    private const string Rest = "*";

    public static FeatureFallback Read(YamlSection serve, FeatureVectorPlan vector, bool lastKnown, bool useDefaults, ProblemList problems)
    {
        var section = serve.Section("features");
        var stale = section?.Duration("max_stale");
        var declared = section?.Section("defaults");
        section?.Finish();
        if (lastKnown && stale is not (> 0 and <= LongestStale))
        {
            problems.Add(new Problem("FLY1322", "last-known-features needs max_stale: how old they may be.", section?.At("max_stale") ?? serve.At("fallback"), "Write features: { max_stale: 1h } under serve, at most a year."));
        }

        if (useDefaults && declared is null)
        {
            problems.Add(new Problem("FLY1323", "default-features needs defaults.", section?.Where ?? serve.At("fallback"), "Write features: { defaults: { view.feature: value } } under serve."));
        }

        var defaults = declared is null ? null : ReadDefaults(declared, vector, problems);
        return new FeatureFallback(lastKnown ? stale : null, useDefaults ? defaults : null);
    }

    private static Dictionary<string, Value> ReadDefaults(YamlSection declared, FeatureVectorPlan vector, ProblemList problems)
    {
        var types = vector.Entities.SelectMany(e => e.View.Fields).GroupBy(f => f.Name, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First().Type, StringComparer.Ordinal);
        var found = new Dictionary<string, Value>(StringComparer.Ordinal);
        Value? rest = null;
        foreach (var entry in declared.Entries())
        {
            if (entry.Name == Rest && entry.Section is null)
            {
                rest = ValueOf(entry, null, problems);
            }
            else if (types.TryGetValue(entry.Name, out var type))
            {
                found[entry.Name] = ValueOf(entry, type, problems);
            }
            else
            {
                problems.Add(new Problem("FLY1324", $"No looked up feature of this model is called {entry.Name}.", entry.Where, $"They are {string.Join(", ", types.Keys.Order(StringComparer.Ordinal))}."));
            }
        }

        for (var i = 0; i < vector.LookedUp.Count; i++)
        {
            if (found.ContainsKey(vector.LookedUp[i]))
            {
                continue;
            }

            if (rest is { } value)
            {
                found[vector.LookedUp[i]] = value;
            }
            else if (vector.Needed[i])
            {
                problems.Add(new Problem("FLY1324", $"{vector.LookedUp[i]} has no default.", declared.Where, "Give it one, or write \"*\": null for all that are not named."));
            }
        }

        return found;
    }

    /// <param name="type">Null for what stands for several features: then only null fits.</param>
    private static Value ValueOf(YamlEntry entry, ScalarType? type, ProblemList problems)
    {
        if (entry.Text is not { } text)
        {
            return entry.Section is null ? Value.Null : Wrong(entry, type, problems);
        }

        return type switch
        {
            ScalarType.Integer when YamlScalars.TryInteger(text, out var whole) => Value.FromInteger(whole),
            ScalarType.Number when YamlScalars.TryNumber(text, out var number) => Value.FromNumber(number),
            ScalarType.Boolean when YamlScalars.TryFlag(text, out var flag) => Value.FromBoolean(flag),
            ScalarType.Text => Value.FromText(text),
            _ => Wrong(entry, type, problems),
        };
    }

    private static Value Wrong(YamlEntry entry, ScalarType? type, ProblemList problems)
    {
        problems.Add(new Problem(
            "FLY1324", type is { } wanted ? $"The default of {entry.Name} is no {wanted}." : "What stands for several features can only be null.", entry.Where, "Mend the value, or write null."));
        return Value.Null;
    }
}
