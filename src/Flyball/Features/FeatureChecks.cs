using System.Text.Json.Nodes;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Projects;

namespace Flyball.Features;

/// <summary>What the values of a feature are held to where they are served. A part that is null is not checked.</summary>
/// <param name="NullRate">Bound of the share of nulls.</param>
/// <param name="Low">The least value allowed, inclusive.</param>
/// <param name="High">The greatest value allowed, inclusive.</param>
/// <param name="FreshnessMicros">How old the newest event of an entity may be, in the median, in microseconds.</param>
/// <param name="Cardinality">Bound of the number of different values.</param>
/// <param name="Where">Where they stand.</param>
public sealed record FeatureChecks(FeatureBound? NullRate, double? Low, double? High, long? FreshnessMicros, FeatureBound? Cardinality, ProblemLocation Where)
{
    /// <summary>Reads <c>checks:</c> of a feature; problems go to the section's list.</summary>
    public static FeatureChecks Read(YamlSection section)
    {
        var rate = Bound(section, "null_rate", "a share such as '< 1%'");
        if (rate is { Value: > 1 })
        {
            section.Problems.Add(new Problem("FLY1230", "A null rate is a share from 0 to 1.", section.At("null_rate"), "Write '< 1%' or '<= 0.01'."));
        }

        var (low, high) = Range(section);
        var freshness = section.Duration("freshness");
        if (freshness <= 0)
        {
            section.Problems.Add(new Problem("FLY1230", "The freshness is longer than nothing.", section.At("freshness"), "Write it as 1d or 6h."));
        }

        var cardinality = Bound(section, "cardinality", "a number of values such as '<= 50'");
        section.Finish();
        return new FeatureChecks(rate, low, high, freshness, cardinality, section.Where);
    }

    /// <summary>Whether the checks can be asked of a feature of this type.</summary>
    /// <param name="onRequest">It is computed from the request, which is always new.</param>
    public void Judge(string name, ScalarType type, bool onRequest, ProblemList problems)
    {
        if ((Low ?? High) is not null && type is not (ScalarType.Integer or ScalarType.Number))
        {
            problems.Add(new Problem("FLY1231", $"The feature {name} is a {type}, which has no range.", Where, "Leave range out."));
        }

        if (FreshnessMicros is not null && onRequest)
        {
            problems.Add(new Problem("FLY1231", $"The feature {name} is computed from the request, which is as fresh as can be.", Where, "Check the freshness of the entity's features that it reads."));
        }
    }

    public JsonObject ToJson()
    {
        var json = new JsonObject();
        if (NullRate is not null)
        {
            json["null_rate"] = NullRate.ToString();
        }

        if ((Low ?? High) is not null)
        {
            json["range"] = new JsonArray(Low, High);
        }

        if (FreshnessMicros is { } micros)
        {
            json["freshness_seconds"] = micros / 1e6;
        }

        if (Cardinality is not null)
        {
            json["cardinality"] = Cardinality.ToString();
        }

        return json;
    }

    private static FeatureBound? Bound(YamlSection section, string name, string expected)
    {
        if (section.Text(name) is not { } text)
        {
            return null;
        }

        if (FeatureBound.Parse(text) is { } bound)
        {
            return bound;
        }

        section.Problems.Add(new Problem("FLY1230", $"'{name}' should be {expected}.", section.At(name), "Use <, <=, > or >= with a number that may carry a %."));
        return null;
    }

    private static (double? Low, double? High) Range(YamlSection section)
    {
        if (!section.Has("range"))
        {
            return (null, null);
        }

        var texts = section.Texts("range");
        if (texts.Count == 2 && End(texts[0]) is var (low, first) && End(texts[1]) is var (high, second) && first && second && (low is null || high is null || low <= high))
        {
            return (low, high);
        }

        section.Problems.Add(new Problem("FLY1230", "'range' should be two numbers, the smaller first.", section.At("range"), "Write [0, 1]; null for an open end."));
        return (null, null);
    }

    private static (double? Value, bool Good) End(string text) =>
        text is "null" or "~" ? (null, true)
        : double.TryParse(text, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? (value, true)
        : (null, false);
}
