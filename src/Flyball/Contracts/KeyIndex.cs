using System.Runtime.InteropServices;

namespace Flyball.Contracts;

/// <summary>
/// The primary keys and unique values of one source. Three steps keep two requests from accepting the same row:
/// 1. a batch reserves all its new keys at once, before it is appended; 2. who meets a key that another batch reserved waits until that
/// batch is settled and asks again, so a duplicate is only ever judged against a durable row; 3. the log adds keys when rows are durable,
/// before the batch is told. Safe from any thread.
/// </summary>
/// <remarks>
/// Memory: 15 to 19 bytes a row. Of a key 76 bits of a keyed hash are kept (12 choose the shard), of a row's content 32. A new row is taken
/// for a stored one when both agree by chance: among n stored rows that is n / 2^108, 10^-25 at ten million. A new row whose key alone
/// agrees by chance, n / 2^76, goes to quarantine as a correction would; it is not lost. A correction, whose key agrees by right, is
/// taken for a duplicate when 32 bits of its content agree: once in four thousand million corrections. A unique column, and a set of columns
/// that other sources refer to, takes as much again for each row that has a value.
/// </remarks>
internal sealed class KeyIndex
{
    /// <summary>So many that the arrays of a shard stay small: the collector moves them together, where large ones would leave holes.</summary>
    private const int Shards = 1 << ShardBits;

    private const int ShardBits = 12;

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
    public KeyReservation? TryReserve(KeyedRows batch, KeyReservation mine)
    {
        lock (gate)
        {
            if (reserved.Count > 0)
            {
                foreach (ref readonly var row in CollectionsMarshal.AsSpan(batch.Rows))
                {
                    if (HolderOf(batch, row) is { } other)
                    {
                        return other;
                    }
                }
            }

            foreach (ref var row in CollectionsMarshal.AsSpan(batch.Rows))
            {
                Judge(batch, ref row);
                if (row.Fate == RowFate.Fresh)
                {
                    Reserve(batch, row, mine);
                }
            }

            return null;
        }
    }

    /// <summary>
    /// Judges rows whose keys are held: by their unique values among durable rows and among themselves. A contract that says <c>unique</c> since they
    /// were held finds there what it no longer takes.
    /// </summary>
    public void JudgeHeld(KeyedRows batch)
    {
        lock (gate)
        {
            var mine = new HashSet<UInt128>();
            foreach (ref var row in CollectionsMarshal.AsSpan(batch.Rows))
            {
                for (var i = 0; i < batch.Columns.Unique; i++)
                {
                    var key = batch.More[row.KeysAt + i];
                    if (key != UInt128.Zero && (TableOf(key).TryGet((ulong)key, out _) || mine.Contains(key)))
                    {
                        (row.Fate, row.Taken) = (RowFate.Taken, i);
                        break;
                    }
                }

                for (var i = 0; i < batch.Columns.Unique && row.Fate == RowFate.Fresh; i++)
                {
                    mine.Add(batch.More[row.KeysAt + i]);
                }
            }
        }
    }

    /// <summary>Gives the keys back: those that became durable are in the index by now, the others are free again.</summary>
    public void Release(KeyedRows batch, KeyReservation mine)
    {
        lock (gate)
        {
            foreach (ref readonly var row in CollectionsMarshal.AsSpan(batch.Rows))
            {
                // Nobody else can hold a key that this batch found free.
                if (row.Fate != RowFate.Fresh)
                {
                    continue;
                }

                if (batch.Columns.HasPrimary)
                {
                    reserved.Remove(row.Key);
                }

                for (var i = 0; i < batch.Columns.Unique; i++)
                {
                    reserved.Remove(batch.More[row.KeysAt + i]);
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

    /// <summary>The same for the fresh rows of a batch, with all that they are looked up by.</summary>
    public void AddDurable(KeyedRows batch)
    {
        lock (gate)
        {
            foreach (ref readonly var row in CollectionsMarshal.AsSpan(batch.Rows))
            {
                if (row.Fate != RowFate.Fresh)
                {
                    continue;
                }

                if (batch.Columns.HasPrimary)
                {
                    Add(row.Key, row.Content);
                }

                for (var i = 0; i < batch.Columns.Width; i++)
                {
                    if (batch.More[row.KeysAt + i] is var key && key != UInt128.Zero)
                    {
                        Add(key, row.Content);
                    }
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

    /// <summary>The reservation of another batch that a row has to wait for; null when its keys are free or durable.</summary>
    private KeyReservation? HolderOf(KeyedRows batch, in AcceptedRow row)
    {
        if (batch.Columns.HasPrimary && reserved.TryGetValue(row.Key, out var other))
        {
            return other.By;
        }

        for (var i = 0; i < batch.Columns.Unique; i++)
        {
            if (reserved.TryGetValue(batch.More[row.KeysAt + i], out other))
            {
                return other.By;
            }
        }

        return null;
    }

    /// <summary>
    /// By the primary key first: the same row again is a duplicate, whatever is unique in it. A row with a new key must not bring a unique value
    /// that another row has. Without a primary key the unique values stand for it.
    /// </summary>
    private void Judge(KeyedRows batch, ref AcceptedRow row)
    {
        row.Fate = RowFate.Fresh;
        if (batch.Columns.HasPrimary && TryFind(row.Key, out var content))
        {
            row.Fate = content == row.Content ? RowFate.Duplicate : RowFate.Conflict;
            return;
        }

        for (var i = 0; i < batch.Columns.Unique; i++)
        {
            var key = batch.More[row.KeysAt + i];
            if (key == UInt128.Zero || !TryFind(key, out content))
            {
                continue;
            }

            if (batch.Columns.HasPrimary || content != row.Content)
            {
                (row.Fate, row.Taken) = (RowFate.Taken, i);
                return;
            }

            row.Fate = RowFate.Duplicate;
        }
    }

    /// <summary>The content of the row that has a key: durable, held, or before it in the same batch.</summary>
    private bool TryFind(UInt128 key, out uint content)
    {
        if (TableOf(key).TryGet((ulong)key, out content) || held.TryGetValue(key, out content))
        {
            return true;
        }

        var exists = reserved.TryGetValue(key, out var holder);
        content = holder.Content;
        return exists;
    }

    private void Reserve(KeyedRows batch, in AcceptedRow row, KeyReservation mine)
    {
        if (batch.Columns.HasPrimary)
        {
            reserved[row.Key] = (mine, row.Content);
        }

        for (var i = 0; i < batch.Columns.Unique; i++)
        {
            if (batch.More[row.KeysAt + i] is var key && key != UInt128.Zero)
            {
                reserved[key] = (mine, row.Content);
            }
        }
    }

    private void Add(UInt128 key, uint content) => TableOf(key).TryAdd((ulong)key, content);

    private KeyTable TableOf(UInt128 key) => durable[(int)(key >> (128 - ShardBits))];
}
