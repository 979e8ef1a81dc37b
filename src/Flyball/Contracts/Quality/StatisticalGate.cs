using System.Globalization;
using Flyball.Engine.Statistics;
using Check = Flyball.Contracts.Quality.StatisticalCheck;

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

    private const double RepeatFloor = 0.01;

    // Volume and repeated rows are one test each and have a share of their own, event times another tenth; the columns' tests share the rest.
    private const double ShareOfColumns = 0.7;
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
                ColumnChecks.Add(checks, reference, counts, i);
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
        var beyond = seen > mean ? seen - Math.Max(high, mean) : Math.Min(low, mean) - seen;
        return Of(seen, StudentLaw.TwoSided((seen - mean) / spread, volume.Buckets - 1), Math.Min(beyond - (deviation / 2) + floor, Math.Abs(seen - mean)));

        Check Of(double log, double p, double lower) => new(
            "volume", null, Math.Min(1, p), lower, floor, Math.Exp(log), null,
            string.Create(CultureInfo.InvariantCulture, $"The batch has {Math.Exp(log):0.#} rows a{(volume.BucketMicros == Engine.Time.Clock.MicrosPerDay ? " day" : "n hour")} of event time; the reference has {Math.Exp(volume.Mean):0.#}."));
    }

    /// <summary>
    /// What pieces of about the batch's size show; between two sizes in proportion. Below the smallest, pieces hold no whole bucket as a rule, so a batch that
    /// does has lost rows or met a day that is thin by itself: it is held against all days, and can only show that there is too little.
    /// </summary>
    private static (double Mean, double Low, double High) Usual(VolumeReference volume, long rows)
    {
        if (rows < volume.Sizes[0])
        {
            return (volume.Mean, Math.Min(volume.Lows[0], volume.LeastOfSmall ?? volume.Mean), double.PositiveInfinity);
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
}
