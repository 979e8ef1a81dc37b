using System.Runtime.InteropServices;
using Flyball.Contracts.Corrections;
using Flyball.Storage.Snapshots;

namespace Flyball.Contracts;

/// <summary>
/// The primary keys and unique values of one source. Three steps keep two requests from accepting the same row:
/// 1. a batch reserves all its new keys at once, before it is appended; 2. who meets a key that another batch reserved waits until that
/// batch is settled and asks again, so a duplicate is only ever judged against a durable row; 3. the log adds keys when rows are durable,
/// before the batch is told. Safe from any thread.
/// </summary>
/// <remarks>
/// Memory: 15 to 17 bytes a row. Of a key 72 bits of a keyed hash are kept (8 choose the shard), of a row's content 32. A new row is taken
/// for a stored one when both agree by chance: among n stored rows that is n / 2^104, 10^-24 at ten million. A new row whose key alone
/// agrees by chance, n / 2^72, goes to quarantine as a correction would; it is not lost. A correction, whose key agrees by right, is
/// taken for a duplicate when 32 bits of its content agree: once in four thousand million corrections. A unique column, and a set of columns
/// that other sources refer to, takes as much again for each row that has a value.
/// </remarks>
internal sealed class KeyIndex
{
    private readonly Lock gate = new();
    private readonly DurableKeys durable;
    private readonly KeyJudge judge;

    /// <param name="history">For a source that takes corrections; null where a second row of a key is refused.</param>
    public KeyIndex(KeyHistory? history = null)
    {
        durable = new DurableKeys(history);
        judge = new KeyJudge(durable);
    }

    public int Count
    {
        get
        {
            lock (gate)
            {
                return durable.Count;
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
                return durable.Bytes;
            }
        }
    }

    /// <summary>What is kept with a unique value: of whom it is, by primary key, else by content.</summary>
    public static uint MarkOf(KeyColumns columns, UInt128 primary, uint content) => columns.HasPrimary ? (uint)primary : content;

    /// <summary>Whether a durable row has the key, and none retracts it.</summary>
    public bool Contains(UInt128 key)
    {
        lock (gate)
        {
            return durable.HasLive(key);
        }
    }

    /// <summary>Judges the rows and reserves those that will be stored, or reserves nothing and returns the reservation to wait for.</summary>
    /// <param name="batch">Its rows get their fates.</param>
    /// <param name="mine">Holds what is reserved.</param>
    /// <param name="retract">The rows are the ones to take back, not to store.</param>
    public KeyReservation? TryReserve(KeyedRows batch, KeyReservation mine, bool retract = false)
    {
        lock (gate)
        {
            if (!judge.IsIdle)
            {
                foreach (ref readonly var row in CollectionsMarshal.AsSpan(batch.Rows))
                {
                    if (judge.HolderOf(batch, row) is { } other)
                    {
                        return other;
                    }
                }
            }

            foreach (ref var row in CollectionsMarshal.AsSpan(batch.Rows))
            {
                if (retract)
                {
                    row.Fate = judge.JudgeRetraction(row, mine);
                    continue;
                }

                judge.Judge(batch, ref row);
                if (row.IsStored)
                {
                    judge.Reserve(batch, row, mine);
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
            var mine = new Dictionary<UInt128, uint>();
            foreach (ref var row in CollectionsMarshal.AsSpan(batch.Rows))
            {
                for (var i = 0; i < batch.Columns.Unique; i++)
                {
                    var key = batch.More[row.KeysAt + i];
                    if (key != UInt128.Zero && ((durable.TryGet(key, out var mark) && !KeyJudge.IsOwn(batch, row, mark)) || (mine.TryGetValue(key, out mark) && !KeyJudge.IsOwn(batch, row, mark))))
                    {
                        (row.Fate, row.Taken) = (RowFate.Taken, i);
                        break;
                    }
                }

                for (var i = 0; i < batch.Columns.Unique && row.Fate == RowFate.Fresh; i++)
                {
                    mine.TryAdd(batch.More[row.KeysAt + i], MarkOf(batch.Columns, row.Key, row.Content));
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
                if (!row.IsStored)
                {
                    continue;
                }

                if (batch.Columns.HasPrimary)
                {
                    judge.Free(row.Key, mine);
                }

                for (var i = 0; i < batch.Columns.Unique; i++)
                {
                    judge.Free(batch.More[row.KeysAt + i], mine);
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
            durable.Add(key, content, entity);
        }
    }

    /// <summary>The same for what a row is looked up by beside its primary key.</summary>
    /// <param name="key">With its tag.</param>
    /// <param name="mark">From <see cref="MarkOf"/>.</param>
    public void AddOther(UInt128 key, uint mark)
    {
        lock (gate)
        {
            durable.AddTagged(key, mark);
        }
    }

    /// <summary>A retraction is durable: what the row was looked up by is not there any more, and stays its own.</summary>
    public void AddRetraction(UInt128 key, IReadOnlyList<UInt128> others)
    {
        lock (gate)
        {
            durable.Retract(key, others);
        }
    }

    /// <summary>The same as <see cref="AddDurable(UInt128, uint, uint)"/> for the rows of a batch that are stored, with all that they are looked up by.</summary>
    public void AddDurable(KeyedRows batch)
    {
        lock (gate)
        {
            foreach (ref readonly var row in CollectionsMarshal.AsSpan(batch.Rows))
            {
                if (!row.IsStored)
                {
                    continue;
                }

                if (batch.Columns.HasPrimary)
                {
                    durable.Add(row.Key, row.Content, row.Entity);
                }

                for (var i = 0; i < batch.Columns.Width; i++)
                {
                    if (batch.More[row.KeysAt + i] is var key && key != UInt128.Zero)
                    {
                        durable.AddTagged(key, MarkOf(batch.Columns, row.Key, row.Content));
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
            judge.Held.TryAdd(key, content);
        }
    }

    /// <summary>Whether a row of this key waits for a decision.</summary>
    public bool IsHeld(UInt128 key)
    {
        lock (gate)
        {
            return judge.Held.ContainsKey(key);
        }
    }

    /// <summary>Gives back the keys of rows that were decided about; those that were released are durable by now.</summary>
    public void RemoveHeld(IReadOnlyList<UInt128> keys)
    {
        lock (gate)
        {
            foreach (var key in keys)
            {
                judge.Held.Remove(key);
            }
        }
    }

    /// <summary>Writes the durable keys, shard by shard; keys that come meanwhile wait for one shard.</summary>
    public void Write(SnapshotBuilder into)
    {
        for (var shard = 0; shard < DurableKeys.Shards; shard++)
        {
            lock (gate)
            {
                durable.WriteShard(into, shard);
            }

            into.CloseBlock();
        }

        lock (gate)
        {
            durable.WriteRest(into);
        }

        into.CloseBlock();
    }

    /// <inheritdoc cref="DurableKeys.TryRead"/>
    public bool TryRead(SnapshotSection section) => durable.TryRead(section);
}
