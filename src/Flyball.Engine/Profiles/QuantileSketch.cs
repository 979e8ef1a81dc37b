using System.Text.Json.Nodes;

namespace Flyball.Engine.Profiles;

/// <summary>
/// Quantiles of any number of values in a few kilobytes: the sketch of Karnin, Lang and Liberty, "Optimal quantile approximation in
/// streams" (2016), with k = 256.
/// <list type="number">
/// <item>A value on level h stands for 2^h values. New values wait on level 0, unsorted; a level above it is sorted and holds at most
/// k (2/3)^d values, d being its distance from the top, and never less than 8.</item>
/// <item>A full level is sorted and every second value of it goes one level up, beginning with the first or the second by a coin; so ranks
/// are right on average.</item>
/// <item>Merging puts each level's values together and compacts what is too full.</item>
/// </list>
/// The coin is drawn from the values and the number of tosses so far: the same values in the same order give the same sketch, and the
/// errors of sketches that are merged are independent. Up to 128 values all answers are exact.
/// Not thread-safe.
/// </summary>
public sealed class QuantileSketch
{
    /// <summary>
    /// Bound of |estimated rank - rank| / count over all values at once, which holds with a probability of 99 % for an order of values
    /// that does not know the coin, and of merged sketches too.
    /// </summary>
    public const double RankError = 0.0165;

    private const int TopCapacity = 256;
    private const int LeastCapacity = 8;
    private const int Waiting = 128;
    private const int MostLevels = 60;

    private readonly List<Level> levels = [new(16)];
    private long compactions;

    /// <summary>Values added.</summary>
    public long Count { get; private set; }

    /// <summary>Values held: what the sketch costs.</summary>
    public int Held => levels.Sum(l => l.Count);

    /// <summary>Adds a finite value. Cost: about 15 ns, amortised.</summary>
    public void Add(double value)
    {
        if (!double.IsFinite(value))
        {
            throw new ArgumentException("Quantiles are defined for finite values only.", nameof(value));
        }

        var level = levels[0];
        if (level.Count == Waiting)
        {
            Compact(0);
        }

        level.Push(value);
        Count++;
    }

    /// <summary>Adds the values of another sketch, which stays as it is.</summary>
    public void Merge(QuantileSketch other)
    {
        // A sketch that is merged with itself would be read while it changes.
        var theirs = ReferenceEquals(this, other) ? Read(other.ToJson()) : other;
        compactions += theirs.compactions;
        foreach (var value in theirs.levels[0].Values)
        {
            Add(value);
        }

        for (var h = 1; h < theirs.levels.Count; h++)
        {
            AtLevel(h).MergeSorted(theirs.levels[h].Values, 0, 1);
        }

        Count += theirs.Count - theirs.levels[0].Count;
        for (var h = 1; h < levels.Count; h++)
        {
            CompactWhenFull(h);
        }
    }

    /// <summary>
    /// For each of some probabilities, the smallest value whose rank reaches that share of all.
    /// Cost: sorts what is held, under a thousand values.
    /// </summary>
    /// <param name="probabilities">Each from 0 to 1.</param>
    /// <returns>As long as the probabilities; empty when nothing was added.</returns>
    public double[] Quantiles(params ReadOnlySpan<double> probabilities)
    {
        if (Count == 0)
        {
            return [];
        }

        var (values, weights) = Sorted();
        var quantiles = new double[probabilities.Length];
        for (var i = 0; i < quantiles.Length; i++)
        {
            if (!(probabilities[i] >= 0 && probabilities[i] <= 1))
            {
                throw new ArgumentOutOfRangeException(nameof(probabilities), "A probability lies in 0..1.");
            }

            var wanted = Math.Clamp((long)Math.Ceiling(probabilities[i] * Count), 1, Count);
            long rank = 0;
            var at = -1;
            while (rank < wanted)
            {
                rank += weights[++at];
            }

            quantiles[i] = values[at];
        }

        return quantiles;
    }

    /// <summary>The share of values that are at most <paramref name="value"/>; 0 when nothing was added.</summary>
    public double RankOf(double value)
    {
        long rank = 0;
        for (var h = 0; h < levels.Count; h++)
        {
            foreach (var held in levels[h].Values)
            {
                rank += held <= value ? 1L << h : 0;
            }
        }

        return Count == 0 ? 0 : (double)rank / Count;
    }

    /// <summary>All of its state: reading it gives a sketch that goes on as this one would.</summary>
    public JsonObject ToJson() => new()
    {
        ["count"] = Count,
        ["compactions"] = compactions,
        ["levels"] = new JsonArray([.. levels.Select(l => new JsonArray([.. l.Values.ToArray().Select(v => (JsonNode)JsonValue.Create(v))]))]),
    };

    /// <exception cref="InvalidDataException">The document is not such a state.</exception>
    public static QuantileSketch Read(JsonObject json)
    {
        var sketch = new QuantileSketch { Count = ProfileJson.Count(json, "count"), compactions = ProfileJson.Count(json, "compactions") };
        var stored = ProfileJson.Items(json, "levels");
        Int128 weight = 0;
        for (var h = 0; h < stored.Count && h < MostLevels; h++)
        {
            var items = stored[h] as JsonArray ?? throw ProfileJson.Damaged("levels");
            var values = items.Select(v => ProfileJson.Number(v, "levels")).ToArray();
            if (h > 0 && values.Zip(values.Skip(1)).Any(p => p.First > p.Second))
            {
                throw ProfileJson.Damaged("levels");
            }

            // Level 0 keeps the order in which its values came.
            var level = sketch.AtLevel(h);
            Array.ForEach(values, level.Push);
            weight += (Int128)values.Length << h;
        }

        return weight == sketch.Count && stored.Count is > 0 and <= MostLevels && sketch.levels[0].Count <= Waiting ? sketch : throw ProfileJson.Damaged("count");
    }

    private Level AtLevel(int h)
    {
        while (levels.Count <= h)
        {
            levels.Add(new Level(LeastCapacity * 2));
        }

        return levels[h];
    }

    private int CapacityOf(int h)
    {
        var capacity = (double)TopCapacity;
        for (var depth = levels.Count - 1 - h; depth > 0 && capacity > LeastCapacity; depth--)
        {
            capacity = capacity * 2 / 3;
        }

        return Math.Max(LeastCapacity, (int)Math.Ceiling(capacity));
    }

    private void CompactWhenFull(int h)
    {
        if (levels[h].Count > CapacityOf(h))
        {
            Compact(h);
        }
    }

    /// <summary>Sends every second value of a level up; of an odd number, the last one stays.</summary>
    private void Compact(int h)
    {
        var full = levels[h];
        if (h == 0)
        {
            full.Sort();
        }

        var seed = unchecked((ulong)BitConverter.DoubleToInt64Bits(full.Values[0]) + (ulong)compactions++);
        var coin = (int)(ValueHash.Mix(seed) & 1);
        var pairs = full.Count & ~1;
        AtLevel(h + 1).MergeSorted(full.Values[..pairs], coin, 2);
        full.RemoveFirst(pairs);
        CompactWhenFull(h + 1);
    }

    private (double[] Values, long[] Weights) Sorted()
    {
        var values = new double[Held];
        var weights = new long[values.Length];
        var at = 0;
        for (var h = 0; h < levels.Count; h++)
        {
            levels[h].Values.CopyTo(values.AsSpan(at));
            weights.AsSpan(at, levels[h].Count).Fill(1L << h);
            at += levels[h].Count;
        }

        Array.Sort(values, weights);
        return (values, weights);
    }

    /// <summary>A list of values that merges in place.</summary>
    private sealed class Level(int capacity)
    {
        private double[] values = new double[capacity];

        public int Count { get; private set; }

        public ReadOnlySpan<double> Values => values.AsSpan(0, Count);

        public void Push(double value)
        {
            if (Count == values.Length)
            {
                Array.Resize(ref values, Count * 2);
            }

            values[Count++] = value;
        }

        public void Sort() => values.AsSpan(0, Count).Sort();

        public void RemoveFirst(int count)
        {
            values.AsSpan(count, Count - count).CopyTo(values);
            Count -= count;
        }

        /// <summary>Takes every <paramref name="step"/>th of some sorted values, from <paramref name="first"/> on, from the largest down.</summary>
        public void MergeSorted(ReadOnlySpan<double> sorted, int first, int step)
        {
            var more = sorted.Length <= first ? 0 : ((sorted.Length - first - 1) / step) + 1;
            if (Count + more > values.Length)
            {
                Array.Resize(ref values, Math.Max(values.Length * 2, Count + more));
            }

            var (mine, theirs, into) = (Count - 1, more - 1, Count + more - 1);
            while (theirs >= 0)
            {
                var next = sorted[first + (theirs * step)];
                if (mine >= 0 && values[mine] > next)
                {
                    values[into--] = values[mine--];
                }
                else
                {
                    values[into--] = next;
                    theirs--;
                }
            }

            Count += more;
        }
    }
}
