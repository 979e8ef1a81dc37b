using System.Globalization;

namespace Flyball.Engine.Statistics;

/// <summary>
/// Decides drift for all features of one evaluation.
/// <list type="number">
/// <item>Each feature is measured alone on its frozen bins; rare cells are pooled first, so that the chi-square laws hold. A feature
/// that cannot be measured gets a status and does not stop the others.</item>
/// <item>The p values of the measured features are corrected together (Benjamini and Hochberg).</item>
/// <item>Drift is where the lower confidence bound of the effect exceeds the feature's threshold <b>and</b> the q value is below the
/// rate: an effect that matters, and not by chance.</item>
/// </list>
/// </summary>
public static class DriftTest
{
    /// <summary>Fewest chunks of the reference from which a threshold is taken.</summary>
    public const int FewestChunks = 10;

    /// <summary>One verdict a subject, in their order.</summary>
    public static IReadOnlyList<DriftVerdict> Evaluate(IReadOnlyList<DriftSubject> subjects, DriftRule? rule = null)
    {
        rule ??= new DriftRule();
        var verdicts = subjects.Select(s => Measure(s, rule)).ToArray();
        var tested = Enumerable.Range(0, verdicts.Length).Where(i => verdicts[i].PValue is not null).ToArray();
        var qValues = FalseDiscovery.BenjaminiHochberg(tested.Select(i => verdicts[i].PValue!.Value).ToArray());
        for (var i = 0; i < tested.Length; i++)
        {
            verdicts[tested[i]] = Decide(verdicts[tested[i]] with { QValue = qValues[i] }, rule);
        }

        return verdicts;
    }

    /// <summary>The observed effect of one comparison, for example of a chunk of the reference against the whole.</summary>
    /// <exception cref="ArgumentException">The bins differ, or a side has no usable rows.</exception>
    public static double Effect(DriftMeasure measure, BinCounts reference, BinCounts current) =>
        Compare(measure, reference, current, 0.05).Effect;

    /// <summary>Tau: the floor, or mean + 3 population standard deviations of the chunks' effects when that is more.</summary>
    public static double Threshold(double floor, IReadOnlyList<double>? chunkEffects)
    {
        if (chunkEffects is null || chunkEffects.Count < FewestChunks)
        {
            return floor;
        }

        var moments = Moments.Of(chunkEffects.ToArray());
        return Math.Max(floor, moments.Mean + (3 * Math.Sqrt(moments.PopulationVariance!.Value)));
    }

    private static DriftVerdict Measure(DriftSubject subject, DriftRule rule)
    {
        try
        {
            var withMissing = subject.Measure == DriftMeasure.CramersV;
            long reference = Usable(subject.Reference, withMissing), current = Usable(subject.Current, withMissing);
            if (reference < rule.MinimumRows || current < rule.MinimumRows)
            {
                var (side, rows) = reference < rule.MinimumRows ? ("reference", reference) : ("current", current);
                return new DriftVerdict(
                    subject.Feature,
                    DriftStatus.Insufficient,
                    string.Create(CultureInfo.InvariantCulture, $"{rows} usable rows in the {side}, {rule.MinimumRows} needed"));
            }

            var (effect, lower, p) = Compare(subject.Measure, subject.Reference, subject.Current, rule.Alpha);
            var threshold = Threshold(rule.EffectFloor, subject.ChunkEffects);
            return new DriftVerdict(subject.Feature, DriftStatus.Ok, null, effect, lower, threshold, p);
        }
        catch (Exception e) when (e is ArgumentException or ArithmeticException or NullReferenceException or InvalidOperationException)
        {
            // One bad column must not cost the report on the others.
            return new DriftVerdict(subject.Feature, DriftStatus.Error, e.Message);
        }
    }

    private static DriftVerdict Decide(DriftVerdict verdict, DriftRule rule)
    {
        var matters = verdict.LowerBound > verdict.Threshold;
        var found = verdict.QValue < rule.FalseDiscoveryRate;
        return (matters, found) switch
        {
            (true, true) => verdict with { Status = DriftStatus.Drift },
            (false, true) => verdict with { Reason = "moved, but by too little to matter" },
            (true, false) => verdict with { Reason = "could be chance among this many features" },
            _ => verdict with { Reason = "no movement that chance would not explain" },
        };
    }

    private static long Usable(BinCounts counts, bool withMissing) => counts.Present + (withMissing ? counts.Missing : 0);

    private static (double Effect, double LowerBound, double PValue) Compare(
        DriftMeasure measure, BinCounts reference, BinCounts current, double alpha)
    {
        reference.RequireSameBins(current);
        var withMissing = measure == DriftMeasure.CramersV;
        var cells = Contingency.Pool(reference.Cells(withMissing), current.Cells(withMissing));
        ReadOnlySpan<long> before = cells.Reference.AsSpan(), now = cells.Current.AsSpan();
        if (measure == DriftMeasure.CramersV)
        {
            var table = Contingency.TestPooled(before, now);
            return (table.CramersV, table.LowerBound(alpha), table.PValue);
        }

        long n = Shares.Total(before), m = Shares.Total(now);
        var psi = PopulationStability.Laplace(before, now);
        return (
            psi,
            PopulationStability.LowerBound(psi, n, m, before.Length, alpha),
            PopulationStability.PValue(psi, n, m, before.Length));
    }
}
