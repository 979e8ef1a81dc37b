namespace Flyball.Engine.Statistics;

/// <summary>
/// Distance of two categorical samples as Cohen's w (1988) of the two-sample table: w² = chi² (1/n + 1/m). Unlike Cramer's V it does not
/// shrink when one sample is much larger than the other, so one threshold suits batches of every size.
/// </summary>
/// <param name="Effect">The distance as observed, sampling noise included; 0 when there is nothing to compare.</param>
/// <param name="Lower">One-sided lower confidence bound of the distance, from the non-central chi-square law.</param>
/// <param name="PValue">Probability of a distance as large when both samples have one distribution.</param>
public readonly record struct CohenEffect(double Effect, double Lower, double PValue)
{
    /// <summary>Compares two rows of counts over the same cells; cells that expect fewer than five rows on a side are pooled first.</summary>
    /// <exception cref="ArgumentException">Different numbers of cells, or a side without rows.</exception>
    public static CohenEffect Of(ReadOnlySpan<long> reference, ReadOnlySpan<long> current, double alpha = 0.05)
    {
        var pooled = Contingency.Pool(reference, current);
        var table = Contingency.TestPooled(pooled.Reference.AsSpan(), pooled.Current.AsSpan());
        if (table.Degrees < 1)
        {
            return new CohenEffect(0, 0, 1);
        }

        double n = Shares.Total(pooled.Reference.AsSpan()), m = Shares.Total(pooled.Current.AsSpan());
        var scale = (1 / n) + (1 / m);
        return new CohenEffect(
            Math.Sqrt(table.Statistic * scale),
            Math.Sqrt(ChiSquare.NoncentralityLowerBound(table.Statistic, table.Degrees, alpha) * scale),
            table.PValue);
    }

    /// <summary>The observed distance alone: cheaper, for calibration.</summary>
    public static double EffectOf(ReadOnlySpan<long> reference, ReadOnlySpan<long> current)
    {
        var pooled = Contingency.Pool(reference, current);
        var table = Contingency.TestPooled(pooled.Reference.AsSpan(), pooled.Current.AsSpan());
        double n = Shares.Total(pooled.Reference.AsSpan()), m = Shares.Total(pooled.Current.AsSpan());
        return Math.Sqrt(table.Statistic * ((1 / n) + (1 / m)));
    }
}
