using Flyball.Engine.Expressions;
using Flyball.Engine.Profiles;

namespace Flyball.Contracts.Profiles;

/// <summary>The profile of one source and day while it is open. Rows wait until there are some, and go in column by column.</summary>
internal sealed class DayProfile(TableProfile table, long covers)
{
    private const int Waiting = 128;

    private readonly List<Value[]> waiting = new(Waiting);

    /// <summary>Every row of the day up to this position of the log is in it.</summary>
    public long Covers { get; private set; } = covers;

    /// <summary>The position its file covers; 0 when there is none.</summary>
    public long Stored { get; private set; } = covers;

    /// <summary>When it was last turned to, in turns.</summary>
    public long Turn { get; set; }

    public bool IsDirty => Covers > Stored;

    /// <summary>The profile with all rows in it.</summary>
    public TableProfile Table
    {
        get
        {
            table.Add(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(waiting));
            waiting.Clear();
            return table;
        }
    }

    /// <summary>Takes a row that nobody changes any more; one that is covered changes nothing.</summary>
    public void Take(long seq, Value[] row)
    {
        if (seq <= Covers)
        {
            return;
        }

        waiting.Add(row);
        Covers = seq;
        if (waiting.Count == Waiting)
        {
            _ = Table;
        }
    }

    /// <param name="covered">What the file that was written covers.</param>
    public void MarkStored(long covered) => Stored = covered;
}
