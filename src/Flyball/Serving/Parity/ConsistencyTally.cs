using Flyball.Engine.Expressions;
using Flyball.Engine.Profiles;

namespace Flyball.Serving.Parity;

/// <summary>Counts pairs of one feature's values. State of one comparison.</summary>
internal sealed class ConsistencyTally(string feature)
{
    private readonly QuantileSketch left = new();
    private readonly QuantileSketch right = new();
    private readonly QuantileSketch differences = new();
    private long compared;
    private long bothNull;
    private long leftNull;
    private long rightNull;
    private long mismatches;
    private long pairs;
    private double smapes;

    /// <returns>Whether the two are the same bits.</returns>
    public bool Add(in Value served, in Value replayed)
    {
        compared++;
        var same = served.Equals(replayed);
        mismatches += same ? 0 : 1;
        bothNull += served.IsNull && replayed.IsNull ? 1 : 0;
        leftNull += served.IsNull && !replayed.IsNull ? 1 : 0;
        rightNull += !served.IsNull && replayed.IsNull ? 1 : 0;
        if (served.TryGetNumber(out var a))
        {
            left.Add(a);
        }

        if (replayed.TryGetNumber(out var b))
        {
            right.Add(b);
        }

        if (served.TryGetNumber(out a) && replayed.TryGetNumber(out b))
        {
            pairs++;
            smapes += Smape(a, b);
            if (double.IsFinite(a - b))
            {
                differences.Add(a - b);
            }
        }

        return same;
    }

    public FeatureConsistency Report() => new(
        feature,
        compared,
        bothNull,
        leftNull,
        rightNull,
        mismatches,
        compared == 0 ? 0 : (double)mismatches / compared,
        pairs == 0 ? null : smapes / pairs,
        ValueQuantiles.Of(left),
        ValueQuantiles.Of(right),
        ValueQuantiles.Of(differences));

    /// <summary>Scaled by the larger, so that neither the sum nor the difference overflows.</summary>
    private static double Smape(double a, double b)
    {
        var largest = Math.Max(Math.Abs(a), Math.Abs(b));
        return largest == 0 ? 0 : 2 * Math.Abs((a / largest) - (b / largest)) / ((Math.Abs(a) / largest) + (Math.Abs(b) / largest));
    }
}
