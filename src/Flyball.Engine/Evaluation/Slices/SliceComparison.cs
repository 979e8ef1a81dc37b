using System.Globalization;
using Flyball.Engine.Evaluation.Metrics;
using Flyball.Engine.Evaluation.Resampling;
using Flyball.Engine.Statistics;

namespace Flyball.Engine.Evaluation.Slices;

/// <summary>
/// A metric by slice, against the rows outside it.
/// <list type="number">
/// <item>Slice and rest are bootstrapped apart; their standard errors add in squares.</item>
/// <item>The p value is that of the difference over this error in the normal law.</item>
/// <item>The p values of all slices tested are adjusted together: of many slices some look bad by chance.</item>
/// </list>
/// A slice that is too small is listed with the reason, never as good. Cost: two bootstraps a slice.
/// </summary>
public static class SliceComparison
{
    public static IReadOnlyList<SliceMeasure> Measure(ScoredRows rows, Metric metric, IReadOnlyList<Slice> slices, SliceOptions? options = null)
    {
        options ??= new SliceOptions();
        var known = new List<(int[] Chosen, MetricInterval Interval)>();
        SliceMeasure[] measured = [.. slices.Select(s => One(rows, metric, s, options, known))];
        var tested = measured.Where(m => m.PValue is not null).ToArray();
        double[] p = [.. tested.Select(m => m.PValue!.Value)];
        var adjusted = options.FamilyWise ? FamilyWise.Holm(p) : FalseDiscovery.BenjaminiHochberg(p);
        var next = 0;
        return [.. measured.Select(m => m.PValue is null ? m : m with { Adjusted = adjusted[next++] })];
    }

    private static SliceMeasure One(ScoredRows rows, Metric metric, Slice slice, SliceOptions options, List<(int[] Chosen, MetricInterval Interval)> known)
    {
        int[] inside = [.. slice.Rows];
        var outside = Rest(rows.Count, inside);
        if ((TooFew(rows, inside, options, "the slice") ?? TooFew(rows, outside, options, "the rest")) is { } reason)
        {
            var value = metric.Measure(rows, inside);
            var none = MetricValue.None(reason);
            return new SliceMeasure(slice, new MetricInterval(metric.Name, value, none, none, none, inside.Length), metric.Measure(rows, outside), none, null, null, reason);
        }

        MetricInterval own = Bootstrap(rows, inside, metric, options, known), rest = Bootstrap(rows, outside, metric, options, known);
        if (own.StandardError.Value is not { } ownError || rest.StandardError.Value is not { } restError)
        {
            var none = MetricValue.None((own.StandardError.Insufficient ?? rest.StandardError.Insufficient)!);
            return new SliceMeasure(slice, own, rest.Value, none, null, null, none.Insufficient);
        }

        double difference = own.Value.Value!.Value - rest.Value.Value!.Value, error = double.Hypot(ownError, restError);
        double? p = error > 0 ? Math.Min(1, 2 * NormalLaw.Survival(Math.Abs(difference) / error)) : difference == 0 ? 1 : null;
        return new SliceMeasure(slice, own, rest.Value, MetricValue.Of(difference), p, null, p is null ? "no replicate varies" : null);
    }

    /// <summary>Of a column with two values each slice is the rest of the other: what was bootstrapped is not bootstrapped again.</summary>
    private static MetricInterval Bootstrap(ScoredRows rows, int[] chosen, Metric metric, SliceOptions options, List<(int[] Chosen, MetricInterval Interval)> known)
    {
        var before = known.FindIndex(k => k.Chosen.AsSpan().SequenceEqual(chosen));
        if (before >= 0)
        {
            return known[before].Interval;
        }

        var made = MetricBootstrap.Intervals(rows, chosen, [metric], Resample.For(rows, chosen), options.Interval)[0];
        known.Add((chosen, made));
        return made;
    }

    /// <summary>The places that are not in the slice, ascending.</summary>
    private static int[] Rest(int count, int[] inside)
    {
        var member = new bool[count];
        foreach (var row in inside)
        {
            member[row] = true;
        }

        var rest = new List<int>(count - inside.Length);
        for (var row = 0; row < count; row++)
        {
            if (!member[row])
            {
                rest.Add(row);
            }
        }

        return [.. rest];
    }

    private static string? TooFew(ScoredRows rows, int[] chosen, SliceOptions options, string what)
    {
        if (chosen.Length < options.LeastRows)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{what} has {chosen.Length} rows, at least {options.LeastRows} are needed");
        }

        if (rows.Task != PredictionTasks.Binary)
        {
            return null;
        }

        var positives = chosen.Count(rows.IsPositive);
        var fewest = Math.Min(positives, chosen.Length - positives);
        return fewest >= options.LeastOfClass
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"{what} has {fewest} {(fewest == positives ? "positives" : "negatives")}, at least {options.LeastOfClass} are needed");
    }
}
