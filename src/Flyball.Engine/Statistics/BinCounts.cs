using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;

namespace Flyball.Engine.Statistics;

/// <summary>
/// How many rows fell into each frozen bin, and into the extra buckets beside them. Merging counts of two batches gives the
/// counts of the batches together, so a profile can be built in parts.
/// </summary>
/// <param name="Bins">One count a bin, in the order of the bins that counted.</param>
/// <param name="Missing">Rows without a value.</param>
/// <param name="NotANumber">Rows with NaN.</param>
/// <param name="PositiveInfinity">Rows with +infinity.</param>
/// <param name="NegativeInfinity">Rows with -infinity.</param>
/// <param name="Unseen">Rows with a value that the reference never had (one-bin-a-value and category bins only).</param>
public sealed record BinCounts(
    ImmutableArray<long> Bins,
    long Missing = 0,
    long NotANumber = 0,
    long PositiveInfinity = 0,
    long NegativeInfinity = 0,
    long Unseen = 0)
{
    /// <summary>All rows, with or without a usable value.</summary>
    [JsonIgnore]
    public long Rows => Present + Missing + NotANumber + PositiveInfinity + NegativeInfinity;

    /// <summary>Rows with a usable value: those in a bin or unseen.</summary>
    [JsonIgnore]
    public long Present
    {
        get
        {
            var sum = Unseen;
            foreach (var count in Bins)
            {
                sum += count;
            }

            return sum;
        }
    }

    /// <summary>The counts of both batches together.</summary>
    /// <exception cref="ArgumentException">The two were counted with different bins.</exception>
    public BinCounts Merge(BinCounts other)
    {
        RequireSameBins(other);
        var bins = Bins.ToArray();
        for (var i = 0; i < bins.Length; i++)
        {
            bins[i] += other.Bins[i];
        }

        return new BinCounts(
            ImmutableCollectionsMarshal.AsImmutableArray(bins),
            Missing + other.Missing,
            NotANumber + other.NotANumber,
            PositiveInfinity + other.PositiveInfinity,
            NegativeInfinity + other.NegativeInfinity,
            Unseen + other.Unseen);
    }

    /// <summary>The cells two batches are compared on: the bins, then <c>unseen</c>, then (if asked for) <c>missing</c>.</summary>
    public long[] Cells(bool withMissing) => withMissing ? [.. Bins, Unseen, Missing] : [.. Bins, Unseen];

    public bool Equals(BinCounts? other) =>
        other is not null
        && Bins.AsSpan().SequenceEqual(other.Bins.AsSpan())
        && (Missing, NotANumber, PositiveInfinity, NegativeInfinity, Unseen)
            == (other.Missing, other.NotANumber, other.PositiveInfinity, other.NegativeInfinity, other.Unseen);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var count in Bins)
        {
            hash.Add(count);
        }

        hash.Add((Missing, NotANumber, PositiveInfinity, NegativeInfinity, Unseen));
        return hash.ToHashCode();
    }

    internal void RequireSameBins(BinCounts other)
    {
        if (Bins.Length != other.Bins.Length)
        {
            throw new ArgumentException($"Counted with {other.Bins.Length} bins, expected {Bins.Length}.", nameof(other));
        }
    }

}
