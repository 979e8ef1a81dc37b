using Flyball.Contracts.Corrections;
using Flyball.Contracts.Snapshots;
using Flyball.Storage.Snapshots;

namespace Flyball.Contracts;

/// <summary>The keys and unique values of the durable rows of one source, and what snapshots keep of them. Not thread-safe: <see cref="KeyIndex"/> guards it.</summary>
/// <param name="history">For a source that takes corrections; null where a second row of a key is refused.</param>
internal sealed class DurableKeys(KeyHistory? history)
{
    /// <summary>So many that a shard that grows is small beside the index, and soon done.</summary>
    public const int Shards = 1 << ShardBits;

    private const int ShardBits = 8;

    private readonly KeyTable[] shards = KeyTable.Shards(Shards, hasContents: true);
    private readonly HashSet<UInt128> retracted = [];

    /// <summary>What was corrected and taken back; null for a source that takes no corrections.</summary>
    public KeyHistory? History => history;

    public int Count => shards.Sum(t => t.Count);

    public long Bytes => shards.Sum(t => t.Bytes) + (history?.Bytes ?? 0);

    /// <summary>What is kept with a key: of a primary key the row's content, of any other the row it belongs to.</summary>
    public bool TryGet(UInt128 key, out uint mark) => TableOf(key).TryGet((ulong)key, out mark);

    /// <summary>Whether a row has the key, and none retracts it.</summary>
    public bool HasLive(UInt128 key) => TryGet(key, out _) && history?.IsRetracted(key) != true && !retracted.Contains(key);

    /// <summary>A row of a primary key: the first of the key begins it, a later one corrects it.</summary>
    public void Add(UInt128 key, uint content, uint entity)
    {
        if (TableOf(key).TryAdd((ulong)key, content))
        {
            history?.Begin(key, entity);
        }
        else
        {
            history?.Correct(key, content);
        }
    }

    /// <summary>What a row is looked up by beside its primary key.</summary>
    public void AddTagged(UInt128 key, uint mark)
    {
        TableOf(key).TryAdd((ulong)key, mark);
        retracted.Remove(key);
    }

    /// <summary>Takes a row back: what it was looked up by is not there any more, and stays its own.</summary>
    public void Retract(UInt128 key, IReadOnlyList<UInt128> others)
    {
        history?.Retract(key);
        retracted.UnionWith(others);
    }

    /// <summary>Writes the keys of one shard.</summary>
    public void WriteShard(SnapshotBuilder into, int shard)
    {
        shards[shard].Write(into.Writer);
        history?.WriteEntities(into.Writer, shard);
    }

    /// <summary>Writes what is in no shard.</summary>
    public void WriteRest(SnapshotBuilder into)
    {
        NumberForm.Write(into.Writer, retracted.Count);
        foreach (var key in retracted)
        {
            NumberForm.WriteWide(into.Writer, key);
        }

        history?.WriteRevisions(into.Writer);
    }

    /// <summary>Takes written keys over, before the first row; false, and empty, when a block is damaged.</summary>
    /// <param name="section">A block for each shard, and one for the rest.</param>
    public bool TryRead(SnapshotSection section)
    {
        byte[] buffer = [];
        if (section.Count != Shards + 1 || !section.TryRead(Shards, ref buffer, out var last))
        {
            return false;
        }

        for (var left = NumberForm.Read(ref last); left > 0; left--)
        {
            retracted.Add(NumberForm.ReadWide(ref last));
        }

        history?.ReadRevisions(last);
        for (var shard = 0; shard < Shards; shard++)
        {
            if (!section.TryRead(shard, ref buffer, out var block))
            {
                Clear();
                return false;
            }

            shards[shard].Read(ref block);
            history?.ReadEntities(ref block, shard);
        }

        return true;
    }

    private void Clear()
    {
        Array.ForEach(shards, t => t.Clear());
        retracted.Clear();
        history?.Clear();
    }

    private KeyTable TableOf(UInt128 key) => shards[(int)(key >> (128 - ShardBits))];
}
