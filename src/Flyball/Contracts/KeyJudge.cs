using System.Runtime.InteropServices;

namespace Flyball.Contracts;

/// <summary>
/// Judges rows by their keys: against durable rows, against rows that wait for a decision, and against rows on their way to the disk, whose keys it holds
/// for their batches. Not thread-safe: <see cref="KeyIndex"/> guards it.
/// </summary>
internal sealed class KeyJudge(DurableKeys durable)
{
    private readonly Dictionary<UInt128, (KeyReservation By, uint Content, uint Entity, List<uint>? More)> reserved = [];

    /// <summary>Keys of rows that wait for a decision, with their contents.</summary>
    public Dictionary<UInt128, uint> Held { get; } = [];

    /// <summary>Whether no key is on its way to the disk.</summary>
    public bool IsIdle => reserved.Count == 0;

    /// <summary>The reservation of another batch that a row has to wait for; null when its keys are free or durable.</summary>
    public KeyReservation? HolderOf(KeyedRows batch, in AcceptedRow row)
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
    public void Judge(KeyedRows batch, ref AcceptedRow row)
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

    /// <summary>Whether a unique value is the row's own, by an earlier row of its primary key.</summary>
    public static bool IsOwn(KeyedRows batch, in AcceptedRow row, uint mark) => batch.Columns.HasPrimary && mark == (uint)row.Key;

    private RowFate JudgePrimary(in AcceptedRow row)
    {
        var isDurable = durable.TryGet(row.Key, out var content);
        if (isDurable && content == row.Content)
        {
            return RowFate.Duplicate;
        }

        // Until it is decided about, nobody can say which of the two rows is the later one.
        if (Held.TryGetValue(row.Key, out content))
        {
            return content == row.Content ? RowFate.Duplicate : RowFate.Conflict;
        }

        if (isDurable && durable.History is null)
        {
            return RowFate.Conflict;
        }

        if (isDurable && durable.History!.Had(row.Key, row.Content))
        {
            return RowFate.Duplicate;
        }

        if (isDurable && !durable.History!.IsOf(row.Key, row.Entity))
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

        return durable.History is null ? RowFate.Conflict : holder.Entity != row.Entity ? RowFate.Moved : RowFate.Correction;
    }

    /// <summary>A row to be taken back; the first in the batch reserves its key.</summary>
    public RowFate JudgeRetraction(in AcceptedRow row, KeyReservation mine)
    {
        if (Held.ContainsKey(row.Key))
        {
            return RowFate.Conflict;
        }

        if (!durable.TryGet(row.Key, out _))
        {
            return RowFate.Unknown;
        }

        if (!durable.History!.IsOf(row.Key, row.Entity))
        {
            return RowFate.Moved;
        }

        return durable.History.IsRetracted(row.Key) || !reserved.TryAdd(row.Key, (mine, row.Content, row.Entity, null)) ? RowFate.Duplicate : RowFate.Fresh;
    }

    /// <summary>The mark of a unique value: durable, held, or before it in the same batch.</summary>
    private bool TryFind(UInt128 key, out uint mark)
    {
        if (durable.TryGet(key, out mark) || Held.TryGetValue(key, out mark))
        {
            return true;
        }

        var exists = reserved.TryGetValue(key, out var holder);
        mark = holder.Content;
        return exists;
    }

    /// <summary>Takes the keys of a row that will be stored.</summary>
    public void Reserve(KeyedRows batch, in AcceptedRow row, KeyReservation mine)
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
                reserved[key] = (mine, KeyIndex.MarkOf(batch.Columns, row.Key, row.Content), 0, null);
            }
        }
    }

    /// <summary>Gives a key back, when the batch holds it.</summary>
    public void Free(UInt128 key, KeyReservation mine)
    {
        if (reserved.TryGetValue(key, out var holder) && ReferenceEquals(holder.By, mine))
        {
            reserved.Remove(key);
        }
    }
}
