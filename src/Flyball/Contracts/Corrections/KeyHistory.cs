using System.Buffers;
using Flyball.Contracts.Snapshots;

namespace Flyball.Contracts.Corrections;

/// <summary>
/// What a source that takes corrections knows of its keys beyond their first row. Its owner locks.
/// 1. Of every key, which entities its rows belong to: a correction stays with its entity, so each entity's state is a function of its own rows.
/// 2. Of a key with a second row, all contents it ever had: content that was stored once is a duplicate for ever, so a file sent again undoes nothing.
/// 3. Of such a key, whether its last row retracts it.
/// </summary>
/// <remarks>Memory: 15 to 17 bytes a key, and about 150 bytes for each key that was corrected or retracted.</remarks>
internal sealed class KeyHistory
{
    private const int ShardBits = 8;

    private readonly KeyTable[] entities = KeyTable.Shards(1 << ShardBits, hasContents: true);
    private readonly Dictionary<UInt128, Revisions> revised = [];

    /// <summary>Memory of what it holds, roughly.</summary>
    public long Bytes => entities.Sum(e => e.Bytes) + (revised.Count * 150L);

    /// <summary>The last row of the key retracts it.</summary>
    public bool IsRetracted(UInt128 key) => revised.TryGetValue(key, out var found) && found.IsRetracted;

    /// <summary>Whether the rows of a key belong to the entities that this hash stands for.</summary>
    public bool IsOf(UInt128 key, uint entity) => !EntitiesOf(key).TryGet((ulong)key, out var known) || known == entity;

    /// <summary>Whether the key had this content before, beside that of its first row.</summary>
    public bool Had(UInt128 key, uint content) => revised.TryGetValue(key, out var found) && found.Contents.Contains(content);

    /// <summary>The first row of a key is durable.</summary>
    public void Begin(UInt128 key, uint entity) => EntitiesOf(key).TryAdd((ulong)key, entity);

    /// <summary>A later row of a key is durable.</summary>
    public void Correct(UInt128 key, uint content)
    {
        var found = Of(key);
        found.IsRetracted = false;
        if (!found.Contents.Contains(content))
        {
            found.Contents.Add(content);
        }
    }

    /// <summary>A retraction of a key is durable.</summary>
    public void Retract(UInt128 key) => Of(key).IsRetracted = true;

    /// <summary>Writes one shard of the entities.</summary>
    public void WriteEntities(IBufferWriter<byte> into, int shard) => entities[shard].Write(into);

    /// <summary>Reads a shard that was written, and goes behind it.</summary>
    public void ReadEntities(ref ReadOnlySpan<byte> from, int shard) => entities[shard].Read(ref from);

    /// <summary>Writes what is known of keys with later rows. Rows behind a snapshot's position come again in their order, and end in the same.</summary>
    public void WriteRevisions(IBufferWriter<byte> into)
    {
        NumberForm.Write(into, revised.Count);
        foreach (var (key, known) in revised)
        {
            NumberForm.WriteWide(into, key);
            NumberForm.Write(into, known.IsRetracted ? 1 : 0);
            NumberForm.Write(into, known.Contents.Count);
            foreach (var content in known.Contents)
            {
                NumberForm.Write(into, content);
            }
        }
    }

    /// <summary>Reads what <see cref="WriteRevisions"/> wrote.</summary>
    public void ReadRevisions(ReadOnlySpan<byte> from)
    {
        for (var left = NumberForm.Read(ref from); left > 0; left--)
        {
            var known = Of(NumberForm.ReadWide(ref from));
            known.IsRetracted = NumberForm.Read(ref from) != 0;
            for (var contents = NumberForm.Read(ref from); contents > 0; contents--)
            {
                known.Contents.Add((uint)NumberForm.Read(ref from));
            }
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        revised.Clear();
        Array.ForEach(entities, t => t.Clear());
    }

    private Revisions Of(UInt128 key) => revised.TryGetValue(key, out var found) ? found : revised[key] = new Revisions();

    private KeyTable EntitiesOf(UInt128 key) => entities[(int)(key >> (128 - ShardBits))];

    private sealed class Revisions
    {
        public List<uint> Contents { get; } = [];

        public bool IsRetracted { get; set; }
    }
}
