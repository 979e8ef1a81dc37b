namespace Flyball.Engine.Statistics;

/// <summary>Hellinger distance of two rows of counts: sqrt(sum (sqrt p - sqrt q)^2 / 2), from 0 to 1.</summary>
public static class Hellinger
{
    public static double Distance(ReadOnlySpan<long> reference, ReadOnlySpan<long> current)
    {
        var (n, m) = Shares.Totals(reference, current);
        double sum = 0;
        for (var i = 0; i < reference.Length; i++)
        {
            var gap = Math.Sqrt(reference[i] / n) - Math.Sqrt(current[i] / m);
            sum += gap * gap;
        }

        return Math.Sqrt(sum / 2);
    }
}
