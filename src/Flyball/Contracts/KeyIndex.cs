using System.Runtime.InteropServices;
using Flyball.Contracts.Corrections;
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
/// <param name="history">For a source that takes corrections; null where a second row of a key is refused.</param>
internal sealed class KeyIndex(KeyHistory? history = null)
{
    /// <summary>So many that the arrays of a shard stay small: the collector moves them together, where large ones would leave holes.</summary>
    private const int Shards = 1 << ShardBits;

    private const int ShardBits = 12;

    private readonly Lock gate = new();
    private readonly KeyTable[] durable = [.. Enumerable.Range(0, Shards).Select(_ => new KeyTable())];
    private readonly Dictionary<UInt128, (KeyReservation By, uint Content, uint Entity, List<uint>? More)> reserved = [];
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
                return durable.Sum(t => t.Bytes) + (history?.Bytes ?? 0);
            }
        }
    }

    /// <summary>Whether a durable row has the key, and none retracts it.</summary>
    public bool Contains(UInt128 key)
    {
        lock (gate)
        {
            return TableOf(key).TryGet((ulong)key, out _) && history?.IsRetracted(key) != true;
        }
    }

    /// <summary>Judges the rows and reserves the fresh ones, or reserves nothing and returns the reservation to wait for.</summary>
    /// <param name="rows">Get their fates.</param>
    /// <param name="mine">Holds what is reserved.</param>
    /// <param name="retract">The rows are the ones to take back, not to store.</param>
    public KeyReservation? TryReserve(List<AcceptedRow> rows, KeyReservation mine, bool retract = false)
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
                row.Fate = retract ? JudgeRetraction(row, mine) : Judge(row, mine);
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
                if (row.IsStored)
                {
                    reserved.Remove(row.Key);
                }
            }
        }

        mine.Settle();
    }

    /// <summary>Called in log order for every durable row; of two rows with one key, which an older contract may have let in, the first counts, unless the source takes corrections.</summary>
    public void AddDurable(UInt128 key, uint content, uint entity)
    {
        lock (gate)
        {
            Add(key, content, entity);
        }
    }

    /// <summary>The same for a retraction.</summary>
    public void AddRetraction(UInt128 key)
    {
        lock (gate)
        {
            history?.Retract(key);
        }
    }

    /// <summary>The same for the fresh rows of a batch.</summary>
    public void AddDurable(List<AcceptedRow> rows)
    {
        lock (gate)
        {
            foreach (ref readonly var row in CollectionsMarshal.AsSpan(rows))
            {
                if (row.IsStored)
                {
                    Add(row.Key, row.Content, row.Entity);
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
                durable[shard].Write(into.Writer, shard);
                history?.WriteEntities(into.Writer, shard);
            }

            into.EndPiece();
        }

        into.CloseBlock();
        lock (gate)
        {
            history?.WriteRevisions(into.Writer);
        }

        into.CloseBlock();
    }

    /// <summary>Takes written keys over, before the first row; false, and empty, when a block is damaged.</summary>
    public bool TryRead(SnapshotSection section)
    {
        var read = 0;
        var good = true;
        var last = history is null ? section.Count : section.Count - 1;
        Parallel.For(0, Math.Max(last, 0), (index, turn) =>
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
                var table = KeyTable.Read(ref block, out var shard);
                durable[shard] = table;
                history?.ReadEntities(ref block);
            }
        });
        if (good && read == Shards && TryReadRevisions(section, last))
        {
            return true;
        }

        for (var shard = 0; shard < Shards; shard++)
        {
            durable[shard] = new KeyTable();
        }

        history?.Clear();
        return false;
    }

    private bool TryReadRevisions(SnapshotSection section, int block)
    {
        byte[] buffer = [];
        if (history is null)
        {
            return true;
        }

        if (!section.TryRead(block, ref buffer, out var bytes))
        {
            return false;
        }

        history.ReadRevisions(bytes);
        return true;
    }

    private RowFate Judge(in AcceptedRow row, KeyReservation mine)
    {
        var isDurable = TableOf(row.Key).TryGet((ulong)row.Key, out var content);
        if (isDurable && content == row.Content)
        {
            return RowFate.Duplicate;
        }

        // Until it is decided about, nobody can say which of the two rows is the later one.
        if (held.TryGetValue(row.Key, out content))
        {
            return content == row.Content ? RowFate.Duplicate : RowFate.Conflict;
        }

        if (isDurable && history is null)
        {
            return RowFate.Conflict;
        }

        if (isDurable && history!.Had(row.Key, row.Content))
        {
            return RowFate.Duplicate;
        }

        if (isDurable && !history!.IsOf(row.Key, row.Entity))
        {
            return RowFate.Moved;
        }

        return Reserve(row, mine, isDurable);
    }

    private RowFate Reserve(in AcceptedRow row, KeyReservation mine, bool isDurable)
    {
        ref var holder = ref CollectionsMarshal.GetValueRefOrAddDefault(reserved, row.Key, out var exists);
        if (!exists)
        {
            holder = (mine, row.Content, row.Entity, null);
            return isDurable ? RowFate.Correction : RowFate.Fresh;
        }

        if (holder.Content == row.Content || holder.More?.Contains(row.Content) == true)
        {
            return RowFate.Duplicate;
        }

        if (history is null)
        {
            return RowFate.Conflict;
        }

        if (holder.Entity != row.Entity)
        {
            return RowFate.Moved;
        }

        (holder.More ??= []).Add(row.Content);
        return RowFate.Correction;
    }

    private RowFate JudgeRetraction(in AcceptedRow row, KeyReservation mine)
    {
        if (held.ContainsKey(row.Key))
        {
            return RowFate.Conflict;
        }

        if (!TableOf(row.Key).TryGet((ulong)row.Key, out _))
        {
            return RowFate.Unknown;
        }

        if (!history!.IsOf(row.Key, row.Entity))
        {
            return RowFate.Moved;
        }

        return history.IsRetracted(row.Key) || !reserved.TryAdd(row.Key, (mine, row.Content, row.Entity, null)) ? RowFate.Duplicate : RowFate.Fresh;
    }

    private void Add(UInt128 key, uint content, uint entity)
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

    private KeyTable TableOf(UInt128 key) => durable[(int)(key >> (128 - ShardBits))];
}
