using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;

namespace Flyball.Engine.Statistics;

/// <summary>
/// Bins of a numeric column, frozen when the reference was profiled: edges never come from the data that is compared.
/// <list type="number">
/// <item>At most <see cref="DistinctLimit"/> distinct reference values: one bin a value; any other value is <c>unseen</c>.</item>
/// <item>Otherwise the inner edges are the reference's type 7 quantiles, duplicates merged; bin i is [e_i, e_{i+1}), and the
/// outer edges are infinite, so an outlier moves one row and not the edges.</item>
/// <item>NaN and infinities are counted beside the bins.</item>
/// </list>
/// </summary>
public sealed record QuantileBins
{
    /// <summary>The most distinct values for which each gets its own bin.</summary>
    public const int DistinctLimit = 20;

    private const int Block = 2048;

    /// <exception cref="ArgumentException">Edges or values are not finite and strictly ascending, or both are given.</exception>
    [JsonConstructor]
    public QuantileBins(ImmutableArray<double> edges, ImmutableArray<double> values)
    {
        Edges = edges.IsDefault ? [] : edges;
        Values = values.IsDefault ? [] : values;
        if (!Edges.IsEmpty && !Values.IsEmpty)
        {
            throw new ArgumentException("Bins have either edges or values.", nameof(values));
        }

        RequireAscending(Edges, nameof(edges));
        RequireAscending(Values, nameof(values));
    }

    /// <summary>Inner edges, ascending; empty when each value has its own bin.</summary>
    public ImmutableArray<double> Edges { get; }

    /// <summary>The reference's distinct values, ascending; empty when there are edges.</summary>
    public ImmutableArray<double> Values { get; }

    /// <summary>Number of bins, without the extra buckets.</summary>
    [JsonIgnore]
    public int Count => Edges.IsEmpty ? Values.Length : Edges.Length + 1;

    /// <summary>Freezes the bins of a reference sample; NaN and infinities in it are passed over. O(n log n).</summary>
    /// <param name="reference">The reference values.</param>
    /// <param name="bins">Number of quantile bins asked for; fewer when quantiles coincide.</param>
    public static QuantileBins Fit(ReadOnlySpan<double> reference, int bins = 10)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 2);
        var sorted = new double[reference.Length];
        var finite = 0;
        foreach (var value in reference)
        {
            sorted[finite] = value;
            finite += double.IsFinite(value) ? 1 : 0;
        }

        var span = sorted.AsSpan(0, finite);
        span.Sort();
        var distinct = FewDistinct(span);
        if (distinct is not null)
        {
            return new QuantileBins([], [.. distinct]);
        }

        var edges = new List<double>(bins - 1);
        for (var i = 1; i < bins; i++)
        {
            var edge = Quantile.Linear(span, (double)i / bins);
            if (edges.Count == 0 || edge > edges[^1])
            {
                edges.Add(edge);
            }
        }

        return new QuantileBins([.. edges], []);
    }

    /// <summary>Counts a batch: one compare a value and bin, vectorised, and no allocation beyond the result.</summary>
    /// <param name="values">Values as they came; NaN and infinities have buckets of their own.</param>
    /// <param name="missing">Rows of the batch that have no value and are not in <paramref name="values"/>.</param>
    public BinCounts CountValues(ReadOnlySpan<double> values, long missing = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(missing);
        return Edges.IsEmpty ? CountDistinct(values, missing) : CountBetweenEdges(values, missing);
    }

    /// <summary>Counts a batch in which null is a missing value.</summary>
    public BinCounts CountValues(ReadOnlySpan<double?> values)
    {
        var present = new double[values.Length];
        var count = 0;
        foreach (var value in values)
        {
            if (value is { } number)
            {
                present[count++] = number;
            }
        }

        return CountValues(present.AsSpan(0, count), values.Length - count);
    }

    /// <summary>The bin of one value: its index, or null when the value belongs into an extra bucket.</summary>
    public int? IndexOf(double value)
    {
        if (!double.IsFinite(value))
        {
            return null;
        }

        if (Edges.IsEmpty)
        {
            var found = Values.AsSpan().BinarySearch(value);
            return found >= 0 ? found : null;
        }

        var bin = 0;
        while (bin < Edges.Length && value >= Edges[bin])
        {
            bin++;
        }

        return bin;
    }

    public bool Equals(QuantileBins? other) =>
        other is not null && Edges.AsSpan().SequenceEqual(other.Edges.AsSpan()) && Values.AsSpan().SequenceEqual(other.Values.AsSpan());

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var edge in Edges)
        {
            hash.Add(edge);
        }

        foreach (var value in Values)
        {
            hash.Add(value);
        }

        return hash.ToHashCode();
    }

    private static List<double>? FewDistinct(ReadOnlySpan<double> sorted)
    {
        var distinct = new List<double>();
        foreach (var value in sorted)
        {
            if (distinct.Count == 0 || value > distinct[^1])
            {
                if (distinct.Count == DistinctLimit)
                {
                    return null;
                }

                distinct.Add(value);
            }
        }

        return distinct;
    }

    private static void RequireAscending(ImmutableArray<double> numbers, string parameter)
    {
        for (var i = 0; i < numbers.Length; i++)
        {
            if (!double.IsFinite(numbers[i]) || (i > 0 && numbers[i] <= numbers[i - 1]))
            {
                throw new ArgumentException($"Not finite and strictly ascending at index {i}.", parameter);
            }
        }
    }

    /// <summary>
    /// Counts rows at or above each edge and takes differences at the end: branch-free whatever the data. Blocks keep the values in
    /// the first-level cache while all edges look at them.
    /// </summary>
    private BinCounts CountBetweenEdges(ReadOnlySpan<double> values, long missing)
    {
        var atLeast = new long[Edges.Length];
        var odd = default(OddValues);
        for (var rest = values; !rest.IsEmpty;)
        {
            var block = rest[..Math.Min(Block, rest.Length)];
            rest = rest[block.Length..];
            for (var i = 0; i < atLeast.Length; i++)
            {
                atLeast[i] += CountAtLeast(block, Edges[i]);
            }

            odd = odd.Add(block);
        }

        var bins = new long[Edges.Length + 1];
        var above = values.Length - odd.NotANumber - odd.Negative;
        for (var i = 0; i < atLeast.Length; i++)
        {
            bins[i] = above - atLeast[i];
            above = atLeast[i];
        }

        bins[^1] = above - odd.Positive;
        return new BinCounts(ImmutableCollectionsMarshal.AsImmutableArray(bins), missing, odd.NotANumber, odd.Positive, odd.Negative);
    }

    private BinCounts CountDistinct(ReadOnlySpan<double> values, long missing)
    {
        var bins = new long[Values.Length];
        var odd = default(OddValues);
        for (var rest = values; !rest.IsEmpty;)
        {
            var block = rest[..Math.Min(Block, rest.Length)];
            rest = rest[block.Length..];
            for (var i = 0; i < bins.Length; i++)
            {
                bins[i] += CountEqual(block, Values[i]);
            }

            odd = odd.Add(block);
        }

        long unseen = values.Length - odd.NotANumber - odd.Positive - odd.Negative;
        foreach (var bin in bins)
        {
            unseen -= bin;
        }

        return new BinCounts(
            ImmutableCollectionsMarshal.AsImmutableArray(bins), missing, odd.NotANumber, odd.Positive, odd.Negative, unseen);
    }

    private static long CountAtLeast(ReadOnlySpan<double> values, double edge)
    {
        var vectors = MemoryMarshal.Cast<double, Vector<double>>(values);
        var bound = new Vector<double>(edge);
        var counts = Vector<long>.Zero;
        foreach (var vector in vectors)
        {
            // A true lane is -1.
            counts -= Vector.GreaterThanOrEqual(vector, bound);
        }

        var count = Vector.Sum(counts);
        foreach (var value in values[(vectors.Length * Vector<double>.Count)..])
        {
            count += value >= edge ? 1 : 0;
        }

        return count;
    }

    private static long CountEqual(ReadOnlySpan<double> values, double wanted)
    {
        var vectors = MemoryMarshal.Cast<double, Vector<double>>(values);
        var bound = new Vector<double>(wanted);
        var counts = Vector<long>.Zero;
        foreach (var vector in vectors)
        {
            counts -= Vector.Equals(vector, bound);
        }

        var count = Vector.Sum(counts);
        foreach (var value in values[(vectors.Length * Vector<double>.Count)..])
        {
            count += value == wanted ? 1 : 0;
        }

        return count;
    }

    private readonly record struct OddValues(long NotANumber, long Positive, long Negative)
    {
        public OddValues Add(ReadOnlySpan<double> block)
        {
            // NaN is at least nothing: what is not >= -infinity is NaN.
            var numbers = CountAtLeast(block, double.NegativeInfinity);
            return new OddValues(
                NotANumber + block.Length - numbers,
                Positive + CountEqual(block, double.PositiveInfinity),
                Negative + CountEqual(block, double.NegativeInfinity));
        }
    }
}
