namespace Flyball.Engine.Windows;

/// <summary>What an aggregate folds: the rows of a window that count, and one input's values of them.</summary>
internal readonly ref struct FoldInput
{
    /// <summary>Null for an aggregate of rows.</summary>
    public InputColumn? Column { get; init; }

    /// <summary>What is known of whole blocks of the column.</summary>
    public ColumnIndex? Index { get; init; }

    public ReadOnlySpan<long> Times { get; init; }

    /// <summary>In the total order; at least one.</summary>
    public ReadOnlySpan<RowRun> Runs { get; init; }

    /// <summary>The prediction instant.</summary>
    public long T { get; init; }

    /// <summary>The exact sums that the input's needs name.</summary>
    public Moments Moments { get; init; }

    /// <summary>Rows with a value; without a column, rows.</summary>
    public long Count { get; init; }

    /// <summary>The last row that has a value, or also one whose value is null; -1 when there is none.</summary>
    public int LastWithValue(bool orNull)
    {
        for (var i = Runs.Length - 1; i >= 0; i--)
        {
            for (var row = Runs[i].End - 1; row >= Runs[i].First; row--)
            {
                if (Accepts(row, orNull))
                {
                    return row;
                }
            }
        }

        return -1;
    }

    public int FirstWithValue(bool orNull)
    {
        foreach (var run in Runs)
        {
            for (var row = run.First; row < run.End; row++)
            {
                if (Accepts(row, orNull))
                {
                    return row;
                }
            }
        }

        return -1;
    }

    private bool Accepts(int row, bool orNull) =>
        Column is null || Column.Presence[row] == InputColumn.Present || (orNull && Column.Presence[row] == InputColumn.Null);
}
