namespace Flyball.Contracts;

/// <summary>
/// Which of many values were met before, by 64 bits of a keyed hash: at most 12 bytes a value, and nothing to speak of for a few. Two values are
/// taken for one by chance among n with n^2 / 2^65: three in a million at ten million values. Not thread-safe.
/// </summary>
internal sealed class KeySet
{
    /// <summary>So many that a shard that grows is small beside the set.</summary>
    private const int ShardBits = 6;

    private const int Few = 4_096;

    private readonly HashSet<ulong> few = [];
    private KeyTable[]? many;

    public int Count { get; private set; }

    /// <summary>Memory of the set once it is large.</summary>
    public long Bytes => many?.Sum(t => t.Bytes) ?? 0;

    public bool Contains(ulong hash) => many is null ? few.Contains(hash) : TableOf(many, hash).TryGet(InShard(hash), out _);

    /// <summary>False when it was met before.</summary>
    public bool Add(ulong hash)
    {
        if (many is null && few.Count == Few)
        {
            Spread();
        }

        var isNew = many is null ? few.Add(hash) : TableOf(many, hash).TryAdd(InShard(hash), 0);
        Count += isNew ? 1 : 0;
        return isNew;
    }

    /// <summary>The values, in no order. One of all zeros in its shard comes back as its neighbour, as it is kept.</summary>
    public IEnumerable<ulong> Hashes() => many is null ? few : many.SelectMany((table, shard) => table.Keys().Select(k => OfShard(k, shard)));

    public void Clear()
    {
        few.Clear();
        Count = 0;
        foreach (var table in many ?? [])
        {
            // The pages stay for what comes next.
            table.Clear();
        }
    }

    /// <summary>Forgets all values, and keeps no memory for others.</summary>
    public void Release()
    {
        few.Clear();
        many = null;
        Count = 0;
    }

    /// <summary>The shard takes the highest bits; the table places by the highest bits it is given, so the next ones come first there.</summary>
    private static KeyTable TableOf(KeyTable[] tables, ulong hash) => tables[(int)(hash >> (64 - ShardBits))];

    private static ulong InShard(ulong hash) => (hash << ShardBits) | (hash >> (64 - ShardBits));

    private static ulong OfShard(ulong key, int shard) => (key >> ShardBits) | ((ulong)shard << (64 - ShardBits));

    private void Spread()
    {
        many = KeyTable.Shards(1 << ShardBits, hasContents: false);
        foreach (var hash in few)
        {
            TableOf(many, hash).TryAdd(InShard(hash), 0);
        }

        few.Clear();
        few.TrimExcess();
    }
}
