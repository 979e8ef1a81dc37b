namespace Flyball.Engine.Statistics;

/// <summary>Adjusted p values that bound the chance of even one false alarm among all of one evaluation.</summary>
public static class FamilyWise
{
    /// <summary>Holm (1979): max over j up to i of (m - j + 1) p_(j), cut at 1. For tests that depend on each other in any way.</summary>
    public static double[] Holm(ReadOnlySpan<double> pValues)
    {
        var sorted = pValues.ToArray();
        var order = new int[sorted.Length];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
            if (!(sorted[i] >= 0 && sorted[i] <= 1))
            {
                throw new ArgumentException("A p value lies in 0..1.", nameof(pValues));
            }
        }

        Array.Sort(sorted, order);
        var adjusted = new double[sorted.Length];
        double largest = 0;
        for (var i = 0; i < sorted.Length; i++)
        {
            largest = Math.Max(largest, Math.Min(1, (sorted.Length - i) * sorted[i]));
            adjusted[order[i]] = largest;
        }

        return adjusted;
    }
}
