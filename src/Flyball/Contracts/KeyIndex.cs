using System.Runtime.InteropServices;

namespace Flyball.Contracts;

/// <summary>
/// The primary keys of one source. Three steps keep two requests from accepting the same row:
/// 1. a batch reserves all its new keys at once, before it is appended; 2. who meets a key that another batch reserved waits until that
/// batch is settled and asks again, so a duplicate is only ever judged against a durable row; 3. the log adds keys when rows are durable,
/// before the batch is told. Safe from any thread. Memory: about 60 bytes a row.
/// </summary>
internal sealed class KeyIndex
{
    private readonly Lock gate = new();
    private readonly Dictionary<UInt128, ulong> durable = [];
    private readonly Dictionary<UInt128, (KeyReservation By, ulong Content)> reserved = [];

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

    /// <summary>Whether a durable row has the key.</summary>
    public bool Contains(UInt128 key)
    {
        lock (gate)
        {
            return durable.ContainsKey(key);
        }
    }

    /// <summary>Judges the rows and reserves the fresh ones, or reserves nothing and returns the reservation to wait for.</summary>
    public KeyReservation? TryReserve(List<AcceptedRow> rows, KeyReservation mine)
    {
        lock (gate)
        {
            foreach (var row in rows)
            {
                if (reserved.TryGetValue(row.Key, out var other))
                {
                    return other.By;
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
            foreach (var row in rows)
            {
                if (row.Fate == RowFate.Fresh && reserved.TryGetValue(row.Key, out var holder) && ReferenceEquals(holder.By, mine))
                {
                    reserved.Remove(row.Key);
                }
            }
        }

        mine.Settle();
    }

    /// <summary>Called in log order for every durable row; of two rows with one key, which an older contract may have let in, the first counts.</summary>
    public void AddDurable(UInt128 key, ulong content)
    {
        lock (gate)
        {
            durable.TryAdd(key, content);
        }
    }

    private RowFate Judge(in AcceptedRow row, KeyReservation mine)
    {
        if (durable.TryGetValue(row.Key, out var content) || TryGetReserved(row.Key, out content))
        {
            return content == row.Content ? RowFate.Duplicate : RowFate.Conflict;
        }

        reserved.Add(row.Key, (mine, row.Content));
        return RowFate.Fresh;
    }

    private bool TryGetReserved(UInt128 key, out ulong content)
    {
        var found = reserved.TryGetValue(key, out var holder);
        content = holder.Content;
        return found;
    }
}
