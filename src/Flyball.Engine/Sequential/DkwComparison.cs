using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Flyball.Engine.Sequential;

/// <summary>
/// Two-arm comparison of a whole distribution (latency, score), valid at every look: the arms differ when their empirical
/// distributions are further apart than their two bands together. Values are counted between fixed edges; the gap is taken at the
/// edges only, which can miss a difference but never make one up. An immutable record; as JSON it is its own stored state.
/// </summary>
/// <param name="Edges">Ascending, fixed before the first value; histogram buckets of latency will do.</param>
/// <param name="Control">Counts below each edge and, last, from the last edge on.</param>
/// <param name="Canary">The same for the canary.</param>
public sealed record DkwComparison(ImmutableArray<double> Edges, ImmutableArray<long> Control, ImmutableArray<long> Canary)
{
    [JsonIgnore]
    public long ControlCount => Control.Sum();

    [JsonIgnore]
    public long CanaryCount => Canary.Sum();

    /// <summary>A comparison without values.</summary>
    public static DkwComparison Start(ReadOnlySpan<double> edges)
    {
        for (var i = 0; i < edges.Length; i++)
        {
            if (!double.IsFinite(edges[i]) || (i > 0 && edges[i] <= edges[i - 1]))
            {
                throw new ArgumentException($"Not finite and strictly ascending at index {i}.", nameof(edges));
            }
        }

        ImmutableArray<long> none = [.. new long[edges.Length + 1]];
        return new DkwComparison([.. edges], none, none);
    }

    /// <summary>Adds counts of both arms, one a bucket.</summary>
    public DkwComparison Add(ReadOnlySpan<long> control, ReadOnlySpan<long> canary) =>
        this with { Control = Sum(Control, control), Canary = Sum(Canary, canary) };

    /// <summary>The bucket of a value: the first whose edge is above it.</summary>
    public int BucketOf(double value)
    {
        var found = Edges.AsSpan().BinarySearch(value);
        return found >= 0 ? found + 1 : ~found;
    }

    /// <summary>
    /// Largest gap of the distributions at the edges: <c>Slower</c> where the canary's values are larger, <c>Faster</c> where they
    /// are smaller. Null while an arm has no value.
    /// </summary>
    public (double Slower, double Faster)? Gap()
    {
        long control = ControlCount, canary = CanaryCount, below = 0, belowCanary = 0;
        if (control == 0 || canary == 0)
        {
            return null;
        }

        double slower = 0, faster = 0;
        for (var i = 0; i < Edges.Length; i++)
        {
            below += Control[i];
            belowCanary += Canary[i];
            var gap = ((double)below / control) - ((double)belowCanary / canary);
            slower = Math.Max(slower, gap);
            faster = Math.Max(faster, -gap);
        }

        return (slower, faster);
    }

    /// <summary>What a gap must exceed: g(n_c, a/2) + g(n_t, a/2).</summary>
    public double Limit(double alpha) => DkwBand.Radius(ControlCount, alpha / 2) + DkwBand.Radius(CanaryCount, alpha / 2);

    /// <summary>Whether the arms differ at a level, looked at as often as one likes.</summary>
    public bool Differs(double alpha) => Gap() is var (slower, faster) && Math.Max(slower, faster) > Limit(alpha);

    /// <summary>Whether the canary's values are larger at a level.</summary>
    public bool CanaryIsSlower(double alpha) => Gap() is var (slower, _) && slower > Limit(alpha);

    private static ImmutableArray<long> Sum(ImmutableArray<long> before, ReadOnlySpan<long> added)
    {
        if (before.Length != added.Length)
        {
            throw new ArgumentException($"{added.Length} counts for {before.Length} buckets.", nameof(added));
        }

        var sums = before.ToBuilder();
        for (var i = 0; i < added.Length; i++)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(added[i], nameof(added));
            sums[i] += added[i];
        }

        return sums.MoveToImmutable();
    }
}
