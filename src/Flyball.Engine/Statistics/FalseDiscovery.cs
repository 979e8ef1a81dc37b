namespace Flyball.Engine.Statistics;

/// <summary>Adjusted p values (q values) that bound the expected share of false alarms among all alarms of one evaluation.</summary>
public static class FalseDiscovery
{
    /// <summary>Benjamini and Hochberg (1995): q_(i) = min over j >= i of p_(j) m / j, cut at 1. For independent or positively dependent tests.</summary>
    public static double[] BenjaminiHochberg(ReadOnlySpan<double> pValues) => Adjust(pValues, 1);

    /// <summary>Benjamini and Yekutieli (2001): the same times sum 1/i, for tests that depend on each other in any way.</summary>
    public static double[] BenjaminiYekutieli(ReadOnlySpan<double> pValues)
    {
        double harmonic = 0;
        for (var i = 1; i <= pValues.Length; i++)
        {
            harmonic += 1.0 / i;
        }

        return Adjust(pValues, harmonic);
    }

    private static double[] Adjust(ReadOnlySpan<double> pValues, double factor)
    {
        var sorted = pValues.ToArray();
        foreach (var p in sorted)
        {
            if (!(p >= 0 && p <= 1))
            {
                throw new ArgumentException("A p value lies in 0..1.", nameof(pValues));
            }
        }

        var order = new int[sorted.Length];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        Array.Sort(sorted, order);
        var adjusted = new double[sorted.Length];
        double smallest = 1;
        for (var i = sorted.Length - 1; i >= 0; i--)
        {
            smallest = Math.Min(smallest, sorted[i] * factor * sorted.Length / (i + 1));
            adjusted[order[i]] = smallest;
        }

        return adjusted;
    }
}
