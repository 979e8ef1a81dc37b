using System.Runtime.InteropServices;
using Flyball.Contracts.Corrections;
using Flyball.Contracts.Snapshots;
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
/// <param name="history">For a source that takes corrections; null where a second row of a key is refused.</param>
internal sealed class KeyIndex(KeyHistory? history = null)
{
    /// <summary>So many that a shard that grows is small beside the index, and soon done.</summary>
    private const int Shards = 1 << ShardBits;

    private const int ShardBits = 8;

    private readonly Lock gate = new();
    private readonly KeyTable[] durable = KeyTable.Shards(Shards, hasContents: true);
    private readonly Dictionary<UInt128, (KeyReservation By, uint Content, uint Entity, List<uint>? More)> reserved = [];
    private readonly Dictionary<UInt128, uint> held = [];
    private readonly HashSet<UInt128> retracted = [];

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

    /// <summary>What is kept with a unique value: of whom it is, by primary key, else by content.</summary>
    public static uint MarkOf(KeyColumns columns, UInt128 primary, uint content) => columns.HasPrimary ? (uint)primary : content;

    /// <summary>Whether a durable row has the key, and none retracts it.</summary>
    public bool Contains(UInt128 key)
    {
        lock (gate)
        {
            return TableOf(key).TryGet((ulong)key, out _) && history?.IsRetracted(key) != true && !retracted.Contains(key);
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
                if (retract)
                {
                    row.Fate = JudgeRetraction(row, mine);
                    continue;
                }

                Judge(batch, ref row);
                if (row.IsStored)
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
            var mine = new Dictionary<UInt128, uint>();
            foreach (ref var row in CollectionsMarshal.AsSpan(batch.Rows))
            {
                for (var i = 0; i < batch.Columns.Unique; i++)
                {
                    var key = batch.More[row.KeysAt + i];
                    if (key != UInt128.Zero && ((TableOf(key).TryGet((ulong)key, out var mark) && !IsOwn(batch, row, mark)) || (mine.TryGetValue(key, out mark) && !IsOwn(batch, row, mark))))
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
                    Free(row.Key, mine);
                }

                for (var i = 0; i < batch.Columns.Unique; i++)
                {
                    Free(batch.More[row.KeysAt + i], mine);
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

    /// <summary>The same for what a row is looked up by beside its primary key.</summary>
    /// <param name="key">With its tag.</param>
    /// <param name="mark">From <see cref="MarkOf"/>.</param>
    public void AddOther(UInt128 key, uint mark)
    {
        lock (gate)
        {
            AddTagged(key, mark);
        }
    }

    /// <summary>A retraction is durable: what the row was looked up by is not there any more, and stays its own.</summary>
    public void AddRetraction(UInt128 key, IReadOnlyList<UInt128> others)
    {
        lock (gate)
        {
            history?.Retract(key);
            retracted.UnionWith(others);
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
                    Add(row.Key, row.Content, row.Entity);
                }

                for (var i = 0; i < batch.Columns.Width; i++)
                {
                    if (batch.More[row.KeysAt + i] is var key && key != UInt128.Zero)
                    {
                        AddTagged(key, MarkOf(batch.Columns, row.Key, row.Content));
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

    /// <summary>Whether a row of this key waits for a decision.</summary>
    public bool IsHeld(UInt128 key)
    {
        lock (gate)
        {
            return held.ContainsKey(key);
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
                durable[shard].Write(into.Writer);
                history?.WriteEntities(into.Writer, shard);
            }

            into.CloseBlock();
        }

        lock (gate)
        {
            NumberForm.Write(into.Writer, retracted.Count);
            foreach (var key in retracted)
            {
                NumberForm.WriteWide(into.Writer, key);
            }

            history?.WriteRevisions(into.Writer);
        }

        into.CloseBlock();
    }

    /// <summary>Takes written keys over, before the first row; false, and empty, when a block is damaged.</summary>
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

            durable[shard].Read(ref block);
            history?.ReadEntities(ref block, shard);
        }

        return true;
    }

    private void Clear()
    {
        Array.ForEach(durable, t => t.Clear());
        retracted.Clear();
        history?.Clear();
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
    /// By the primary key first: the same row again is a duplicate, whatever is unique in it. A row must not bring a unique value that a row of another key
    /// has or had. Without a primary key the unique values stand for it.
    /// </summary>
    private void Judge(KeyedRows batch, ref AcceptedRow row)
    {
        row.Fate = batch.Columns.HasPrimary ? JudgePrimary(row) : RowFate.Fresh;
        for (var i = 0; i < batch.Columns.Unique && row.IsStored; i++)
        {
            var key = batch.More[row.KeysAt + i];
            if (key != UInt128.Zero && TryFind(key, out var mark) && !(row.Fate == RowFate.Correction && IsOwn(batch, row, mark)))
            {
                (row.Fate, row.Taken) = (RowFate.Taken, i);
            }
        }

        if (!batch.Columns.HasPrimary && row.Fate == RowFate.Taken && IsRepeated(batch, row))
        {
            row.Fate = RowFate.Duplicate;
        }
    }

    /// <summary>Whether all unique values of a row are those of one row of the same content.</summary>
    private bool IsRepeated(KeyedRows batch, in AcceptedRow row)
    {
        for (var i = 0; i < batch.Columns.Unique; i++)
        {
            var key = batch.More[row.KeysAt + i];
            if (key != UInt128.Zero && !(TryFind(key, out var mark) && mark == row.Content))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsOwn(KeyedRows batch, in AcceptedRow row, uint mark) => batch.Columns.HasPrimary && mark == (uint)row.Key;

    private RowFate JudgePrimary(in AcceptedRow row)
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

        return JudgeInBatch(row, isDurable);
    }

    /// <summary>Against the rows before it in the same batch.</summary>
    private RowFate JudgeInBatch(in AcceptedRow row, bool isDurable)
    {
        if (!reserved.TryGetValue(row.Key, out var holder))
        {
            return isDurable ? RowFate.Correction : RowFate.Fresh;
        }

        if (holder.Content == row.Content || holder.More?.Contains(row.Content) == true)
        {
            return RowFate.Duplicate;
        }

        return history is null ? RowFate.Conflict : holder.Entity != row.Entity ? RowFate.Moved : RowFate.Correction;
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

    /// <summary>The mark of a unique value: durable, held, or before it in the same batch.</summary>
    private bool TryFind(UInt128 key, out uint mark)
    {
        if (TableOf(key).TryGet((ulong)key, out mark) || held.TryGetValue(key, out mark))
        {
            return true;
        }

        var exists = reserved.TryGetValue(key, out var holder);
        mark = holder.Content;
        return exists;
    }

    private void Reserve(KeyedRows batch, in AcceptedRow row, KeyReservation mine)
    {
        if (batch.Columns.HasPrimary)
        {
            ref var holder = ref CollectionsMarshal.GetValueRefOrAddDefault(reserved, row.Key, out var exists);
            if (exists)
            {
                (holder.More ??= []).Add(row.Content);
            }
            else
            {
                holder = (mine, row.Content, row.Entity, null);
            }
        }

        for (var i = 0; i < batch.Columns.Unique; i++)
        {
            if (batch.More[row.KeysAt + i] is var key && key != UInt128.Zero)
            {
                reserved[key] = (mine, MarkOf(batch.Columns, row.Key, row.Content), 0, null);
            }
        }
    }

    private void Free(UInt128 key, KeyReservation mine)
    {
        if (reserved.TryGetValue(key, out var holder) && ReferenceEquals(holder.By, mine))
        {
            reserved.Remove(key);
        }
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

    private void AddTagged(UInt128 key, uint mark)
    {
        TableOf(key).TryAdd((ulong)key, mark);
        retracted.Remove(key);
    }

    private KeyTable TableOf(UInt128 key) => durable[(int)(key >> (128 - ShardBits))];
}
