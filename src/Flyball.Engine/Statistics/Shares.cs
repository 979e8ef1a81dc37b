namespace Flyball.Engine.Statistics;

/// <summary>Turns two rows of counts over the same cells into shares.</summary>
internal static class Shares
{
    public static long Total(ReadOnlySpan<long> counts)
    {
        long total = 0;
        foreach (var count in counts)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(count, nameof(counts));
            total += count;
        }

        return total;
    }

    /// <summary>The two totals, after checking that the rows can be compared.</summary>
    /// <exception cref="ArgumentException">Different numbers of cells, or a row without a count.</exception>
    public static (double Reference, double Current) Totals(ReadOnlySpan<long> reference, ReadOnlySpan<long> current)
    {
        if (reference.Length != current.Length)
        {
            throw new ArgumentException($"Reference has {reference.Length} cells, current has {current.Length}.", nameof(current));
        }

        long n = Total(reference), m = Total(current);
        if (n == 0 || m == 0)
        {
            throw new ArgumentException("A side without rows has no shares.", n == 0 ? nameof(reference) : nameof(current));
        }

        return (n, m);
    }
}
