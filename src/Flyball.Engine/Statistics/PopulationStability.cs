namespace Flyball.Engine.Statistics;

/// <summary>
/// Population stability index over frozen cells: sum of (q - p) ln(q / p), p the reference's shares and q the current ones.
/// The same quantity is Jeffreys' divergence J(p, q).
/// </summary>
/// <remarks>
/// Without drift, PSI / (1/n + 1/m) is about chi-square with B - 1 degrees of freedom for n and m rows and B cells
/// (Kullback, Information Theory and Statistics, 1959, chapter 6; Yurdakul 2018), so PSI has the mean (B - 1)(1/n + 1/m)
/// and folklore thresholds mean nothing at small samples. With drift the same ratio is about non-central chi-square with
/// non-centrality PSI_true / (1/n + 1/m): the lower bound inverts that.
/// </remarks>
public static class PopulationStability
{
    /// <summary>PSI with shares (count + 0.5) / (n + 0.5 B): finite whatever is empty. The default.</summary>
    public static double Laplace(ReadOnlySpan<long> reference, ReadOnlySpan<long> current)
    {
        var (n, m) = Shares.Totals(reference, current);
        double sum = 0, added = 0.5 * reference.Length;
        for (var i = 0; i < reference.Length; i++)
        {
            sum += Term((reference[i] + 0.5) / (n + added), (current[i] + 0.5) / (m + added));
        }

        return sum;
    }

    /// <summary>PSI where a share of zero becomes <paramref name="floor"/> and nothing is renormalised: as most other products compute it.</summary>
    public static double Floor(ReadOnlySpan<long> reference, ReadOnlySpan<long> current, double floor = 1e-4)
    {
        var (n, m) = Shares.Totals(reference, current);
        double sum = 0;
        for (var i = 0; i < reference.Length; i++)
        {
            sum += Term(reference[i] == 0 ? floor : reference[i] / n, current[i] == 0 ? floor : current[i] / m);
        }

        return sum;
    }

    /// <summary>What PSI is on average when nothing drifted.</summary>
    public static double NullMean(long reference, long current, int cells) => (cells - 1) * Scale(reference, current);

    /// <summary>The value that PSI stays below with the given probability when nothing drifted.</summary>
    public static double NullQuantile(double probability, long reference, long current, int cells) =>
        ChiSquare.Quantile(probability, cells - 1) * Scale(reference, current);

    /// <summary>Probability of a PSI at least this large when nothing drifted.</summary>
    public static double PValue(double psi, long reference, long current, int cells) =>
        cells < 2 ? 1 : ChiSquare.Survival(psi / Scale(reference, current), cells - 1);

    /// <summary>
    /// One-sided lower confidence bound of the true PSI at level 1 - <paramref name="alpha"/>: the non-centrality at which the
    /// observed value would be exceeded with probability alpha (inversion of the test, Steiger and Fouladi 1997), rescaled.
    /// It is 0 as long as the p value is above alpha, so under no drift it leaves 0 at most at the rate alpha.
    /// </summary>
    public static double LowerBound(double psi, long reference, long current, int cells, double alpha = 0.05)
    {
        if (cells < 2)
        {
            return 0;
        }

        var scale = Scale(reference, current);
        return scale * ChiSquare.NoncentralityLowerBound(psi / scale, cells - 1, alpha);
    }

    private static double Term(double p, double q) => (q - p) * Math.Log(q / p);

    private static double Scale(long reference, long current) => (1.0 / reference) + (1.0 / current);
}
