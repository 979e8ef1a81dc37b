using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Flyball.Engine.Expressions;

namespace Flyball.Engine.Profiles;

/// <summary>
/// The most frequent values: the summary of Misra and Gries (1982), thinned in batches and merged as Agarwal and others, "Mergeable
/// summaries" (2012), show.
/// <list type="number">
/// <item>Up to 127 values are counted. A value that is not among them takes a free counter.</item>
/// <item>When none is free, the 65th largest count is taken off every counter, and those at 0 become free. Each time at least 65 counters
/// lose that much, so over n values the sum of what was taken off, <see cref="Error"/>, is at most n / 65.</item>
/// <item>A value occurred at least as often as its counter says, and at most <see cref="Error"/> times more; one without a counter, at most
/// <see cref="Error"/> times.</item>
/// </list>
/// With at most 127 different values all counts are exact. Not thread-safe.
/// </summary>
public sealed class HeavyHitters
{
    /// <summary>The most values counted at a time, and so the most different values with exact counts.</summary>
    public const int Counters = 127;

    /// <summary>The error is at most the number of values divided by this.</summary>
    public const int ErrorDivisor = Kept + 1;

    private const int Kept = 64;
    private const int LargestTable = 256;

    private Slot[] slots = new Slot[16];
    private Slot[] spare = [];
    private int used;

    /// <summary>How often at most a value occurred beyond what its counter says; 0 while all counts are exact.</summary>
    public long Error { get; private set; }

    /// <summary>Adds a value that is not null; all are of one type. Cost: about 10 ns, amortised.</summary>
    public void Add(in Value value) => Add(value, ValueHash.Of(value), 1);

    internal void Add(in Value value, ulong hash) => Add(value, hash, 1);

    /// <summary>Adds what another summary has counted; it stays as it is.</summary>
    public void Merge(HeavyHitters other)
    {
        Error += other.Error;
        foreach (var slot in other.slots.ToArray())
        {
            if (slot.Count > 0)
            {
                Add(slot.Value, slot.Hash, slot.Count);
            }
        }
    }

    /// <summary>The counted values, the most frequent first, ties by value.</summary>
    public IReadOnlyList<ValueCount> ToList()
    {
        var counted = new List<ValueCount>(used);
        foreach (var slot in slots)
        {
            if (slot.Count > 0)
            {
                counted.Add(new ValueCount(slot.Value, slot.Count));
            }
        }

        counted.Sort(ByCount);
        return counted;
    }

    public JsonObject ToJson() => new()
    {
        ["error"] = Error,
        ["values"] = new JsonArray([.. ToList().Select(v => (JsonNode)new JsonObject { ["value"] = ProfileJson.Of(v.Value), ["count"] = v.Count })]),
    };

    /// <param name="type">Of all values.</param>
    /// <exception cref="InvalidDataException">The document is not such a state.</exception>
    public static HeavyHitters Read(JsonObject json, ScalarType type)
    {
        var read = new HeavyHitters { Error = ProfileJson.Count(json, "error") };
        foreach (var item in ProfileJson.Items(json, "values"))
        {
            var counted = item as JsonObject ?? throw ProfileJson.Damaged("values");
            var value = ProfileJson.Read(counted, "value", type);
            var count = ProfileJson.Count(counted, "count");
            if (count == 0 || read.used == Counters)
            {
                throw ProfileJson.Damaged("values");
            }

            read.Add(value, ValueHash.Of(value), count);
        }

        return read;
    }

    private void Add(in Value value, ulong hash, long count)
    {
        var mask = (ulong)slots.Length - 1;
        var at = hash & mask;
        while (slots[at].Count != 0)
        {
            if (slots[at].Hash == hash && slots[at].Value == value)
            {
                slots[at].Count += count;
                return;
            }

            at = (at + 1) & mask;
        }

        if (used == Counters)
        {
            Thin();
            Place(new Slot(hash, value, count));
        }
        else
        {
            slots[at] = new Slot(hash, value, count);
            used++;
            Grow();
        }
    }

    private void Place(in Slot slot)
    {
        var mask = (ulong)slots.Length - 1;
        var at = slot.Hash & mask;
        while (slots[at].Count != 0)
        {
            at = (at + 1) & mask;
        }

        slots[at] = slot;
        used++;
    }

    private void Grow()
    {
        if (slots.Length < LargestTable && used * 2 > slots.Length)
        {
            var old = slots;
            slots = new Slot[old.Length * 2];
            used = 0;
            foreach (var slot in old)
            {
                if (slot.Count > 0)
                {
                    Place(slot);
                }
            }
        }
    }

    private void Thin()
    {
        var taken = CountToTake();
        Error += taken;
        if (spare.Length == 0)
        {
            spare = new Slot[slots.Length];
        }

        (slots, spare) = (spare, slots);
        used = 0;
        foreach (ref readonly var slot in spare.AsSpan())
        {
            if (slot.Count > taken)
            {
                Place(slot with { Count = slot.Count - taken });
            }
        }

        Array.Clear(spare);
    }

    /// <summary>The 65th largest count. Values that hardly repeat leave one value after the other with a count of 1: that needs no sorting.</summary>
    private long CountToTake()
    {
        Span<long> counts = stackalloc long[Counters];
        var (n, ones) = (0, 0);
        foreach (ref readonly var slot in slots.AsSpan())
        {
            if (slot.Count > 0)
            {
                counts[n++] = slot.Count;
                ones += slot.Count == 1 ? 1 : 0;
            }
        }

        if (ones > Counters - ErrorDivisor)
        {
            return 1;
        }

        counts.Sort();
        return counts[^ErrorDivisor];
    }

    private static int ByCount(ValueCount a, ValueCount b)
    {
        var byCount = b.Count.CompareTo(a.Count);
        return byCount != 0 ? byCount : a.Value.Kind switch
        {
            ScalarType.Text => string.CompareOrdinal(a.Value.Text, b.Value.Text),
            ScalarType.Number => a.Value.Number.CompareTo(b.Value.Number),
            _ => a.Value.Bits.CompareTo(b.Value.Bits),
        };
    }

    [StructLayout(LayoutKind.Auto)]
    private record struct Slot(ulong Hash, Value Value, long Count);
}
