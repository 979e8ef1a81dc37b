using System.Globalization;

namespace Flyball.Contracts.Holds;

/// <summary>
/// The held batches of a source, and the keys their rows keep reserved. Safe from any thread; one thread writes. Memory: about 80 bytes a held
/// row of a source with a key, until it is decided about.
/// </summary>
internal sealed class HoldLedger
{
    private readonly Lock gate = new();
    private readonly List<string> order = [];
    private readonly Dictionary<string, List<Entry>> batches = new(StringComparer.Ordinal);
    private Entry? last;

    /// <summary>A header: the held rows that follow belong to it.</summary>
    public void Add(HeldPart part)
    {
        lock (gate)
        {
            if (!batches.TryGetValue(part.Batch, out var parts))
            {
                batches[part.Batch] = parts = [];
                order.Add(part.Batch);
            }

            parts.Add(last = new Entry(part));
        }
    }

    /// <summary>The key of the next held row.</summary>
    public void AddKey(UInt128 key) => last!.Keys.Add(key);

    /// <summary>Notes a decision, and gives back the keys that the part kept; empty when it was decided before.</summary>
    public IReadOnlyList<UInt128> Decide(string batch, long part, long decisionSeq, bool isRelease)
    {
        lock (gate)
        {
            var entry = batches.GetValueOrDefault(batch)?.Find(e => e.Part.Seq == part);
            if (entry is null || entry.DecisionSeq is not null)
            {
                return [];
            }

            (entry.DecisionSeq, entry.IsReleased) = (decisionSeq, isRelease);
            var keys = entry.Keys;
            entry.Keys = [];
            return keys;
        }
    }

    /// <summary>How often what was held under a name was discarded.</summary>
    public int DiscardsOf(string name)
    {
        lock (gate)
        {
            var discards = 0;
            while (batches.TryGetValue(NameAfter(name, discards), out var parts) && parts.TrueForAll(p => p is { DecisionSeq: not null, IsReleased: false }))
            {
                discards++;
            }

            return discards;
        }
    }

    /// <summary>What is held next under a name, whose earlier batches were discarded.</summary>
    public static string NameAfter(string name, int discards) => discards == 0 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}-{discards + 1}");

    /// <summary>The open batch that holds a row of this key; null when none does. Cost: looks through the keys of all open batches.</summary>
    public string? BatchOf(UInt128 key)
    {
        lock (gate)
        {
            return order.Find(id => batches[id].Exists(p => p.Keys.Contains(key)));
        }
    }

    public HeldBatch? Find(string batch)
    {
        lock (gate)
        {
            return batches.TryGetValue(batch, out var parts) ? Copy(batch, parts) : null;
        }
    }

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<HeldBatch> All()
    {
        lock (gate)
        {
            return [.. order.Select(id => Copy(id, batches[id]))];
        }
    }

    private static HeldBatch Copy(string id, List<Entry> parts) => new(id, [.. parts.Select(e => (e.Part, e.DecisionSeq, e.IsReleased))]);

    private sealed class Entry(HeldPart part)
    {
        public HeldPart Part => part;

        public List<UInt128> Keys { get; set; } = [];

        public long? DecisionSeq { get; set; }

        public bool IsReleased { get; set; }
    }
}
