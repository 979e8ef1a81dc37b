using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Flyball.Storage.Snapshots;

namespace Flyball.Contracts;

/// <summary>
/// The primary keys of one source. Three steps keep two requests from accepting the same row:
/// 1. a batch reserves all its new keys at once, before it is appended; 2. who meets a key that another batch reserved waits until that
/// batch is settled and asks again, so a duplicate is only ever judged against a durable row; 3. the log adds keys when rows are durable,
/// before the batch is told. Safe from any thread.
/// </summary>
/// <remarks>
/// Memory: 15 to 19 bytes a row. Of a key 76 bits of a keyed hash are kept (12 choose the shard), of a row's content 32. A new row is taken
/// for a stored one when both agree by chance: among n stored rows that is n / 2^108, 10^-25 at ten million. A new row whose key alone
/// agrees by chance, n / 2^76, goes to quarantine as a correction would; it is not lost. A correction, whose key agrees by right, is
/// taken for a duplicate when 32 bits of its content agree: once in four thousand million corrections.
/// </remarks>
internal sealed class KeyIndex
{
    /// <summary>So many that the arrays of a shard stay small: the collector moves them together, where large ones would leave holes.</summary>
    private const int Shards = 1 << ShardBits;

    private const int ShardBits = 12;
    private const int ShardHead = 12;

    private readonly Lock gate = new();
    private readonly KeyTable[] durable = [.. Enumerable.Range(0, Shards).Select(_ => new KeyTable())];
    private readonly Dictionary<UInt128, (KeyReservation By, uint Content)> reserved = [];
    private readonly Dictionary<UInt128, uint> held = [];

    public int Count
    {
        get
        {
            lock (gate)
            {
                return durable.Sum(t => t.Count);
            }
        }
    }

    /// <summary>Memory of the durable keys.</summary>
    public long Bytes
    {
        get
        {
            lock (gate)
            {
                return durable.Sum(t => t.Bytes);
            }
        }
    }

    /// <summary>Whether a durable row has the key.</summary>
    public bool Contains(UInt128 key)
    {
        lock (gate)
        {
            return TableOf(key).TryGet((ulong)key, out _);
        }
    }

    /// <summary>Judges the rows and reserves the fresh ones, or reserves nothing and returns the reservation to wait for.</summary>
    public KeyReservation? TryReserve(List<AcceptedRow> rows, KeyReservation mine)
    {
        lock (gate)
        {
            if (reserved.Count > 0)
            {
                foreach (ref readonly var row in CollectionsMarshal.AsSpan(rows))
                {
                    if (reserved.TryGetValue(row.Key, out var other))
                    {
                        return other.By;
                    }
                }
            }

            foreach (ref var row in CollectionsMarshal.AsSpan(rows))
            {
                row.Fate = Judge(row, mine);
            }

            return null;
        }
    }

    /// <summary>Gives the keys back: those that became durable are in the index by now, the others are free again.</summary>
    public void Release(List<AcceptedRow> rows, KeyReservation mine)
    {
        lock (gate)
        {
            foreach (ref readonly var row in CollectionsMarshal.AsSpan(rows))
            {
                // Nobody else can hold a key that this batch found free.
                if (row.Fate == RowFate.Fresh)
                {
                    reserved.Remove(row.Key);
                }
            }
        }

        mine.Settle();
    }

    /// <summary>Called in log order for every durable row; of two rows with one key, which an older contract may have let in, the first counts.</summary>
    public void AddDurable(UInt128 key, uint content)
    {
        lock (gate)
        {
            Add(key, content);
        }
    }

    /// <summary>The same for the fresh rows of a batch.</summary>
    public void AddDurable(List<AcceptedRow> rows)
    {
        lock (gate)
        {
            foreach (ref readonly var row in CollectionsMarshal.AsSpan(rows))
            {
                if (row.Fate == RowFate.Fresh)
                {
                    Add(row.Key, row.Content);
                }
            }
        }
    }

    /// <summary>The key of a row that waits for a decision: the row sent again is a duplicate, and no second one is held.</summary>
    public void AddHeld(UInt128 key, uint content)
    {
        lock (gate)
        {
            held.TryAdd(key, content);
        }
    }

    /// <summary>Gives back the keys of rows that were decided about; those that were released are durable by now.</summary>
    public void RemoveHeld(IReadOnlyList<UInt128> keys)
    {
        lock (gate)
        {
            foreach (var key in keys)
            {
                held.Remove(key);
            }
        }
    }

    /// <summary>Writes the durable keys, shard by shard; keys that come meanwhile wait for one shard.</summary>
    public void Write(SnapshotBuilder into)
    {
        for (var shard = 0; shard < Shards; shard++)
        {
            lock (gate)
            {
                var table = durable[shard];
                var head = into.Writer.GetSpan(ShardHead);
                BinaryPrimitives.WriteInt32LittleEndian(head, shard);
                BinaryPrimitives.WriteInt32LittleEndian(head[4..], table.Count);
                BinaryPrimitives.WriteInt32LittleEndian(head[8..], table.Keys.Length);
                into.Writer.Advance(ShardHead);
                into.Writer.Write(MemoryMarshal.AsBytes(table.Keys));
                into.Writer.Write(MemoryMarshal.AsBytes(table.Contents));
            }

            into.EndPiece();
        }
    }

    /// <summary>Takes written keys over, before the first row; false, and empty, when a block is damaged.</summary>
    public bool TryRead(SnapshotSection section)
    {
        var read = 0;
        var good = true;
        Parallel.For(0, section.Count, (index, turn) =>
        {
            byte[] buffer = [];
            if (!section.TryRead(index, ref buffer, out var block))
            {
                Volatile.Write(ref good, false);
                turn.Stop();
                return;
            }

            for (; block.Length > 0; Interlocked.Increment(ref read))
            {
                var (shard, count, size) = (BinaryPrimitives.ReadInt32LittleEndian(block), BinaryPrimitives.ReadInt32LittleEndian(block[4..]), BinaryPrimitives.ReadInt32LittleEndian(block[8..]));
                var keys = block.Slice(ShardHead, size * sizeof(ulong));
                var contents = block.Slice(ShardHead + keys.Length, size * sizeof(uint));
                durable[shard] = new KeyTable(count, MemoryMarshal.Cast<byte, ulong>(keys), MemoryMarshal.Cast<byte, uint>(contents));
                block = block[(ShardHead + keys.Length + contents.Length)..];
            }
        });
        if (good && read == Shards)
        {
            return true;
        }

        for (var shard = 0; shard < Shards; shard++)
        {
            durable[shard] = new KeyTable();
        }

        return false;
    }

    private RowFate Judge(in AcceptedRow row, KeyReservation mine)
    {
        if (TableOf(row.Key).TryGet((ulong)row.Key, out var content) || held.TryGetValue(row.Key, out content))
        {
            return content == row.Content ? RowFate.Duplicate : RowFate.Conflict;
        }

        ref var holder = ref CollectionsMarshal.GetValueRefOrAddDefault(reserved, row.Key, out var exists);
        if (exists)
        {
            return holder.Content == row.Content ? RowFate.Duplicate : RowFate.Conflict;
        }

        holder = (mine, row.Content);
        return RowFate.Fresh;
    }

    private void Add(UInt128 key, uint content) => TableOf(key).TryAdd((ulong)key, content);

    private KeyTable TableOf(UInt128 key) => durable[(int)(key >> (128 - ShardBits))];
}
