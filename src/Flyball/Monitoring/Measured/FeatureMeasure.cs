using System.Globalization;
using Flyball.Engine.Expressions;
using Flyball.Engine.Profiles;
using Flyball.Engine.Statistics;
using Flyball.Features;

namespace Flyball.Monitoring.Measured;

/// <summary>Measures one feature and holds it to its checks. State of one run.</summary>
internal sealed class FeatureMeasure(string feature, FeatureChecks? checks)
{
    /// <summary>One-sided 95 %: a bound on a share counts as broken when the data cannot be explained by it.</summary>
    private const double Confidence = 0.90;

    /// <summary>An estimated number of values may be this many standard errors off before it counts.</summary>
    private const double Errors = 3;

    private readonly DistinctSketch distinct = new();
    private long served;
    private long nulls;
    private long outside;
    private double low = double.PositiveInfinity;
    private double high = double.NegativeInfinity;

    public void Add(in Value value)
    {
        served++;
        if (value.IsNull)
        {
            nulls++;
            return;
        }

        distinct.Add(value);
        if (value.TryGetNumber(out var number))
        {
            low = Math.Min(low, number);
            high = Math.Max(high, number);
            outside += number < checks?.Low || number > checks?.High ? 1 : 0;
        }
    }

    public MeasuredFeature Report(EntityAges? ages) => new(
        feature, served, nulls, served == 0 ? 0 : (double)nulls / served, double.IsFinite(low) ? low : null, double.IsFinite(high) ? high : null, distinct.Estimate, ages);

    public IEnumerable<FeatureFinding> Findings(EntityAges? ages)
    {
        if (served == 0 || checks is null)
        {
            yield break;
        }

        if (checks.NullRate is { } bound && Breaks(bound))
        {
            var rate = (double)nulls / served;
            yield return Finding("null_rate", FormattableString.Invariant($"{nulls} of {served} served values are null; the share must be {bound}."), rate, bound.Value);
        }

        if (outside > 0)
        {
            yield return Finding("range", FormattableString.Invariant($"{outside} of {served} served values lie outside [{End(checks.Low)}, {End(checks.High)}]."), outside, null);
        }

        if (checks.Cardinality is { } most && BreaksDistinct(most))
        {
            yield return Finding("cardinality", FormattableString.Invariant($"{served} served values are {distinct.Estimate} different ones; the number must be {most}."), distinct.Estimate, most.Value);
        }

        if (checks.FreshnessMicros is { } oldest && ages is not null && ages.P50 * 1e6 > oldest)
        {
            yield return Finding(
                "freshness", FormattableString.Invariant($"The newest event of an entity was {ages.P50:0.###} s old in the median; at most {oldest / 1e6:0.###} s are allowed."), ages.P50, oldest / 1e6);
        }
    }

    private bool Breaks(FeatureBound bound)
    {
        if (bound.Holds((double)nulls / served))
        {
            return false;
        }

        var likely = Wilson.Bounds(nulls, served, Confidence);
        return !bound.Holds(likely.Lower) && !bound.Holds(likely.Upper);
    }

    private bool BreaksDistinct(FeatureBound bound)
    {
        if (bound.Comparison is ">" or ">=" && served - nulls < bound.Value)
        {
            // So few values cannot be so many different ones.
            return false;
        }

        double estimate = distinct.Estimate;
        var slack = distinct.IsExact ? 0 : Errors * DistinctSketch.StandardError * estimate;
        return !bound.Holds(estimate - slack) && !bound.Holds(estimate + slack);
    }

    private static string End(double? end) => end?.ToString(CultureInfo.InvariantCulture) ?? "";

    private FeatureFinding Finding(string check, string message, double seen, double? bound) => new(feature, check, message, seen, bound);
}
