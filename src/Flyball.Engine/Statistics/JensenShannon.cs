namespace Flyball.Engine.Statistics;

/// <summary>
/// Jensen-Shannon divergence of two rows of counts: KL(p||m)/2 + KL(q||m)/2 with m = (p+q)/2 (Lin 1991), and its square root,
/// which is a metric. Base 2, so both lie in 0..1; times sqrt(ln 2) the distance is in nats.
/// </summary>
public static class JensenShannon
{
    /// <summary>Square root of the divergence, base 2.</summary>
    public static double Distance(ReadOnlySpan<long> reference, ReadOnlySpan<long> current) =>
        Math.Sqrt(Divergence(reference, current));

    /// <summary>The divergence, base 2.</summary>
    public static double Divergence(ReadOnlySpan<long> reference, ReadOnlySpan<long> current)
    {
        var (n, m) = Shares.Totals(reference, current);
        double sum = 0;
        for (var i = 0; i < reference.Length; i++)
        {
            double p = reference[i] / n, q = current[i] / m, middle = (p + q) / 2;
            sum += Term(p, middle) + Term(q, middle);
        }

        // Rounding can leave a tiny negative sum for equal rows.
        return Math.Max(0, sum / 2);
    }

    private static double Term(double share, double middle) => share == 0 ? 0 : share * Math.Log2(share / middle);
}
