namespace Flyball.Engine.Evaluation.Slices;

/// <summary>
/// The slices of some columns and their intersections.
/// <list type="number">
/// <item>Every category of every column is a slice, in the order of columns and categories.</item>
/// <item>A slice with enough rows is cut again by each later column, up to the depth asked for.</item>
/// <item>A slice with too few rows is listed, so that it can be reported as insufficient, and not cut again; one without rows is not listed.</item>
/// </list>
/// Cost: rows times columns a level, for every slice that is cut.
/// </summary>
public static class SliceEnumeration
{
    /// <summary>Most columns of one slice.</summary>
    public const int DeepestCut = 3;

    /// <param name="columns">Columns of the same rows.</param>
    /// <param name="depth">Most columns of one slice, 1 to 3.</param>
    /// <param name="leastRows">A slice with fewer is not cut again.</param>
    /// <param name="most">Slices listed at most, single columns before intersections.</param>
    public static IReadOnlyList<Slice> Of(IReadOnlyList<SliceColumn> columns, int depth, int leastRows, int most = 500)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(depth, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(depth, DeepestCut);
        var slices = new List<Slice>();
        var level = new List<(Slice Slice, int Next)>();
        if (columns.Count > 0)
        {
            level.Add((new Slice([], [.. Enumerable.Range(0, columns[0].Codes.Count)]), 0));
        }

        for (var cut = 0; cut < depth; cut++)
        {
            var next = new List<(Slice, int)>();
            foreach (var (slice, from) in level)
            {
                for (var c = from; c < columns.Count; c++)
                {
                    next.AddRange(Cut(slice, columns[c]).Select(s => (s, c + 1)));
                }
            }

            slices.AddRange(next.Select(n => n.Item1));
            level = [.. next.Where(n => n.Item1.Rows.Count >= leastRows)];
        }

        return slices.Count > most ? slices.GetRange(0, most) : slices;
    }

    private static IEnumerable<Slice> Cut(Slice slice, SliceColumn column)
    {
        var rows = new List<int>?[column.Categories.Count];
        foreach (var row in slice.Rows)
        {
            if (column.Codes[row] >= 0)
            {
                (rows[column.Codes[row]] ??= []).Add(row);
            }
        }

        return rows
            .Select((found, code) => (found, code))
            .Where(r => r.found is not null)
            .Select(r => new Slice([.. slice.Conditions, new SliceCondition(column.Name, column.Categories[r.code])], r.found!));
    }
}
