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
