using System.Globalization;
using Flyball.Engine.Statistics;

namespace Flyball.Contracts.Quality;

/// <summary>
/// Compares a batch with the reference of its source. A statistic is reported when both hold:
/// 1. the lower confidence bound of its effect is above what contiguous pieces of the reference show, and above a floor that matters;
/// 2. its p value survives Holm's correction (1979) over all statistics of the batch, so that unchanged data raises any finding in at
/// most a share of batches that the contract names. The tests are of two samples, exact where counts are small: the reference is a sample too.
/// </summary>
public static class StatisticalGate
{
    /// <summary>Fewest rows of a batch that are compared.</summary>
    public const int FewestRows = 100;

    private const int FewestPresent = 50;
    private const double NullFloor = 0.01;
    private const double UnseenFloor = 0.001;
    private const double ShiftFloor = 0.1;
    private const double RepeatFloor = 0.01;

    // Volume and repeated rows are one test each and have a share of their own; the columns' tests share the rest.
    private const double ShareOfColumns = 0.8;
    private const double ShareOfOne = 0.1;

    /// <summary>The findings, in the order of the columns; then volume and duplicates.</summary>
    public static IReadOnlyList<Finding> Judge(SourceReference reference, BatchObservation observation, StatisticsDefinition rules)
    {
        ArgumentNullException.ThrowIfNull(observation);
        var counts = observation.Statistics ?? throw new ArgumentException("The observation was made without a reference.", nameof(observation));
        if (counts.Rows < FewestRows)
        {
            return [];
        }

        var checks = new List<Check>();
        for (var i = 0; i < reference.Columns.Count; i++)
        {
            if (!rules.Off.Contains(reference.Columns[i].Name))
            {
                AddColumn(checks, reference, counts, i);
            }
        }

        var findings = Holm(checks, rules.Sensitivity * ShareOfColumns).Where(c => c.Lower > c.Bound).Select(c => c.ToFinding(rules.Outcome)).ToList();
        foreach (var check in new[] { Volume(reference, counts), Repeats(reference, counts) })
        {
            if (check is not null && check.PValue < rules.Sensitivity * ShareOfOne && check.Lower > check.Bound)
            {
                findings.Add(check.ToFinding(rules.Outcome));
            }
        }

        return findings;
    }

    private static void AddColumn(List<Check> checks, SourceReference reference, StatisticalCounts counts, int index)
    {
        var column = reference.Columns[index];
        var rows = counts.Rows;
        checks.Add(Nulls(reference, column, counts.Nulls[index], rows));
        if (!column.IsCompared)
        {
            return;
        }

        var cells = counts.Cells[index];
        var known = cells.Sum();
        if (column.UnseenScale is { } unseenScale)
        {
            checks.Add(Unseen(reference, column, counts, index, unseenScale));
        }

        if (known >= FewestPresent && column.ShiftScale is { } shiftScale && reference.Rows - column.Nulls >= FewestPresent)
        {
            var effect = CohenEffect.Of([.. column.Cells], cells);
            var bound = shiftScale.At(rows, reference.Rows, ShiftFloor);
            checks.Add(new Check(
                "shift", column.Name, effect.PValue, effect.Lower, bound, effect.Effect, bound,
                string.Create(CultureInfo.InvariantCulture, $"The distribution of {column.Name} in {known} rows is {effect.Effect:0.00} (Cohen's w, at least {effect.Lower:0.00}) from the reference; pieces of the reference stay within {bound:0.00}.")));
        }
    }

    private static Check Nulls(SourceReference reference, ColumnReference column, long nulls, long rows)
    {
        double share = (double)nulls / rows, usual = (double)column.Nulls / reference.Rows;
        var interval = Newcombe.Difference(nulls, rows, column.Nulls, reference.Rows);
        var bound = column.NullScale.At(rows, reference.Rows, NullFloor);
        return new Check(
            "nulls", column.Name,
            FisherExact.TwoSided(nulls, rows, column.Nulls, reference.Rows),
            Math.Max(interval.Lower, -interval.Upper),
            bound,
            share,
            share > usual ? usual + bound : usual - bound,
            string.Create(CultureInfo.InvariantCulture, $"{share:0.0##%} of {rows} rows have no {column.Name}; in the reference it is {usual:0.0##%}."));
    }

    private static Check Unseen(SourceReference reference, ColumnReference column, StatisticalCounts counts, int index, EffectScale scale)
    {
        long unseen = counts.Unseen[index], rows = counts.Rows;
        var interval = Newcombe.Difference(unseen, rows, column.Singletons, reference.Rows);
        var bound = scale.At(rows, reference.Rows, UnseenFloor);
        var share = (double)unseen / rows;
        return new Check(
            "new categories", column.Name,
            FisherExact.Upper(unseen, rows, column.Singletons, reference.Rows),
            interval.Lower,
            bound,
            share,
            bound,
            string.Create(CultureInfo.InvariantCulture, $"{share:0.0##%} of {rows} rows have one of {counts.NewCategories[index].Count} values of {column.Name} that the reference never had."));
    }

    private static Check? Volume(SourceReference reference, StatisticalCounts counts)
    {
        if (reference.Volume is not { } volume || counts.Buckets.Count == 0)
        {
            return null;
        }

        var deviation = Math.Max(volume.Deviation, 0.05);
        var floor = Math.Log(1.5);
        var spread = deviation * Math.Sqrt(1 + (1.0 / volume.Buckets));
        if (VolumeCalibration.LogMean(VolumeCalibration.Inner(counts.Buckets), 1) is not { } seen)
        {
            // Only cut-off buckets: too few rows may be a matter of where the batch ends, too many are not.
            var most = Math.Log(counts.Buckets.Values.Max() + 0.5);
            return Of(most, most <= volume.Mean ? 1 : StudentLaw.TwoSided((most - volume.Mean) / spread, volume.Buckets - 1), most - Math.Log(volume.Most + 0.5));
        }

        var (mean, low, high) = Usual(volume, counts.Rows);
        if (double.IsNaN(mean))
        {
            return null;
        }

        var beyond = seen > mean ? seen - Math.Max(high, mean) : Math.Min(low, mean) - seen;
        return Of(seen, StudentLaw.TwoSided((seen - mean) / spread, volume.Buckets - 1), Math.Min(beyond - (deviation / 2) + floor, Math.Abs(seen - mean)));

        Check Of(double log, double p, double lower) => new(
            "volume", null, Math.Min(1, p), lower, floor, Math.Exp(log), null,
            string.Create(CultureInfo.InvariantCulture, $"The batch has {Math.Exp(log):0.#} rows a{(volume.BucketMicros == Engine.Time.Clock.MicrosPerDay ? " day" : "n hour")} of event time; the reference has {Math.Exp(volume.Mean):0.#}."));
    }

    /// <summary>What pieces of about the batch's size show; between two sizes in proportion, NaN below the smallest.</summary>
    private static (double Mean, double Low, double High) Usual(VolumeReference volume, long rows)
    {
        if (rows < volume.Sizes[0])
        {
            return (double.NaN, double.NaN, double.NaN);
        }

        var at = 0;
        while (at + 1 < volume.Sizes.Count && volume.Sizes[at + 1] <= rows)
        {
            at++;
        }

        if (at + 1 == volume.Sizes.Count)
        {
            return (volume.Means[at], volume.Lows[at], volume.Highs[at]);
        }

        var part = Math.Log((double)rows / volume.Sizes[at]) / Math.Log((double)volume.Sizes[at + 1] / volume.Sizes[at]);
        return (
            volume.Means[at] + (part * (volume.Means[at + 1] - volume.Means[at])),
            Math.Min(volume.Lows[at], volume.Lows[at + 1]),
            Math.Max(volume.Highs[at], volume.Highs[at + 1]));
    }

    private static Check? Repeats(SourceReference reference, StatisticalCounts counts)
    {
        // Repeats grow with the size of a batch: one larger than the reference has nothing to be compared with.
        if (reference.Repeats is not { } scale || counts.Rows > scale.Sizes[^1])
        {
            return null;
        }

        double bound = RepeatFloor, share = (double)counts.Repeated / counts.Rows;
        for (var i = scale.Sizes.Count - 1; i >= 0; i--)
        {
            bound = Math.Max(scale.Bounds[i], RepeatFloor);
            if (i == 0 || scale.Sizes[i - 1] < counts.Rows)
            {
                break;
            }
        }

        var size = scale.Sizes[^1];
        return new Check(
            "duplicates", null,
            FisherExact.Upper(counts.Repeated, counts.Rows, reference.Repeated, size),
            Wilson.Bounds(counts.Repeated, counts.Rows).Lower,
            bound,
            share,
            bound,
            string.Create(CultureInfo.InvariantCulture, $"{share:0.0##%} of {counts.Rows} rows repeat an earlier row of the batch; pieces of the reference stay within {bound:0.0##%}."));
    }

    /// <summary>The checks that Holm's step-down procedure rejects at a family-wise level, in their order.</summary>
    private static IEnumerable<Check> Holm(List<Check> checks, double level)
    {
        var ordered = checks.OrderBy(c => c.PValue).ToList();
        var rejected = new HashSet<Check>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < ordered.Count && ordered[i].PValue < level / (ordered.Count - i); i++)
        {
            rejected.Add(ordered[i]);
        }

        return checks.Where(rejected.Contains);
    }

    private sealed record Check(string Rule, string? Field, double PValue, double Lower, double Bound, double Seen, double? SeenBound, string Message)
    {
        public Finding ToFinding(RuleOutcome outcome) =>
            new(Field is null ? Rule : $"{Rule}({Field})", Field, outcome, outcome == RuleOutcome.Record ? "info" : outcome == RuleOutcome.Hold ? "error" : "warning", Message, Seen, SeenBound);
    }
}
