using System.Runtime.InteropServices;
using Flyball.Engine.Evaluation.Metrics;
using Flyball.Engine.Statistics;

namespace Flyball.Engine.Evaluation.Resampling;

/// <summary>
/// Bounds of a calibration error, which is a sum (or the largest) of absolute gaps. Quantiles of its replicates are no bounds: a gap that is noise
/// adds to the error, a replicate's noise adds once more, and of a calibrated model most replicates lie above the figure itself. The error is
/// only directionally differentiable where a gap is 0, and there the usual bootstrap does not hold (Fang and Santos 2019).
/// <list type="number">
/// <item>The bins of the rows stay as they are. A replicate gives the deviation h of each bin's signed gap g from the one that was found.</item>
/// <item>Lower bound: the figure less a high quantile of the sum of sign(g) h over bins whose gap is surely not 0, and of |h| over the others. By the triangle
/// inequality the figure is above the truth by no more. Sure is a gap beyond sqrt(ln n) standard errors (Andrews and Soares 2010).</item>
/// <item>Upper bound: the figure plus a high quantile of the sum of -sign(g) h. The error is convex in the gaps, so that the figure is below the truth by no more.</item>
/// </list>
/// Of the largest gap the sums are maxima over the bins that may be the largest. The figure is always inside. Rows are drawn singly, whatever
/// the other metrics do: how many positives there are is part of the error. Cost: a pass over the rows a replicate.
/// </summary>
internal static class CalibrationBounds
{
    /// <summary>A mean over fewer rows has no spread that can be told from them.</summary>
    private const int FewestRows = 10;

    public static MetricInterval Of(ScoredRows rows, ReadOnlySpan<int> chosen, Metric metric, double value, IntervalOptions options)
    {
        var form = metric.Gaps!;
        var bins = BinsOf(rows, chosen, form);
        var gaps = new BinGaps(form.Bins, form.Largest);
        gaps.Take(rows, chosen, bins);
        if (form.Largest && gaps.Fewest < FewestRows)
        {
            var none = MetricValue.None(FormattableString.Invariant($"a bin has {gaps.Fewest} rows, and its gap has bounds from {FewestRows}"));
            return new MetricInterval(metric.Name, MetricValue.Of(value), none, none, none, chosen.Length);
        }

        var signs = gaps.Signs(chosen.Length);
        var (above, below, figures) = (new double[options.Replicates], new double[options.Replicates], new double[options.Replicates]);
        var draws = Resample.OfRows(chosen.Length);
        var drawn = new List<int>(chosen.Length);
        var again = new BinGaps(form.Bins, form.Largest);
        for (var replicate = 0; replicate < options.Replicates; replicate++)
        {
            DrawnPlaces.Fill(draws, options.Seed, replicate, chosen, drawn);
            again.Take(rows, CollectionsMarshal.AsSpan(drawn), bins);
            (above[replicate], below[replicate]) = Deviation(gaps, again, signs, form.Largest);
            figures[replicate] = again.Error;
        }

        Array.Sort(above);
        Array.Sort(below);
        var rank = Math.Clamp((int)Math.Floor((1 - options.Confidence) / 2 * (options.Replicates + 1)), 1, options.Replicates);
        return new MetricInterval(
            metric.Name,
            MetricValue.Of(value),
            MetricValue.Of(Math.Clamp(value - Math.Max(0, above[^rank]), 0, value)),
            MetricValue.Of(Math.Max(value, Math.Min(1, value + Math.Max(0, below[^rank])))),
            MetricValue.Of(Math.Sqrt(Moments.Of(figures).SampleVariance ?? 0)),
            chosen.Length);
    }

    /// <summary>By how much the figure may be above the truth, and below it, by this replicate.</summary>
    private static (double Above, double Below) Deviation(BinGaps found, BinGaps again, GapSign[] signs, bool largest)
    {
        double above = largest ? double.NegativeInfinity : 0, below = above;
        for (var bin = 0; bin < signs.Length; bin++)
        {
            // A bin that no row was drawn from tells nothing of its mean.
            if (signs[bin].Weightless || (largest && again.Rows[bin] == 0))
            {
                continue;
            }

            var deviation = again.Gap(bin) - found.Gap(bin);
            var (up, down) = (signs[bin].Sure ? signs[bin].Sign * deviation : Math.Abs(deviation), -signs[bin].Sign * deviation);
            (above, below) = largest ? (Math.Max(above, up), Math.Max(below, down)) : (above + up, below + down);
        }

        return double.IsFinite(above) ? (above, below) : (0, 0);
    }

    /// <summary>The bin of each row, by its place; of rows that were not chosen 0.</summary>
    private static int[] BinsOf(ScoredRows rows, ReadOnlySpan<int> chosen, GapForm form)
    {
        var bins = new int[rows.Count];
        if (!form.EqualMass)
        {
            foreach (var row in chosen)
            {
                bins[row] = WidthBins.Of(rows.Scores[row], form.Bins);
            }

            return bins;
        }

        var scores = new double[chosen.Length];
        for (var i = 0; i < scores.Length; i++)
        {
            scores[i] = rows.Scores[chosen[i]];
        }

        var order = ScoreOrder.Ascending(scores);
        var start = 0;
        for (var bin = 0; bin < form.Bins; bin++)
        {
            var end = start + CalibrationError.PartSize(order.Length, form.Bins, bin);
            for (; start < end; start++)
            {
                bins[chosen[order[start]]] = bin;
            }
        }

        return bins;
    }
}
