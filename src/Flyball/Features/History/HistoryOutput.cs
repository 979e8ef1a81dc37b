using System.Buffers.Binary;
using System.Globalization;
using Flyball.Engine.Expressions;
using Flyball.Native.DuckDb;

namespace Flyball.Features.History;

/// <summary>Puts the values of all lanes back into the order of the spine, and writes both as one file.</summary>
internal static class HistoryOutput
{
    private const string Found = "found";

    /// <summary>DuckDB's default, stated because the bytes depend on it.</summary>
    public const int RowGroupRows = 122_880;

    /// <summary>SQL takes names that differ in case for one.</summary>
    public static void CheckNames(HistoryPlan plan, SpineTable spine)
    {
        var names = new HashSet<string>(spine.Columns.Select(c => c.Name), StringComparer.OrdinalIgnoreCase);
        if (!plan.Bucket.IsWhole && !names.Add(SpineTable.Ordinal))
        {
            throw HistoryProblems.TwoColumns(spine.Name, SpineTable.Ordinal);
        }

        foreach (var column in plan.Shape.Columns)
        {
            if (!names.Add(column.Name))
            {
                throw HistoryProblems.TwoColumns(spine.Name, column.Name);
            }
        }
    }

    /// <summary>Fills the table of values, range by range. Cost: the values; memory: one range of every lane.</summary>
    public static void Fill(HistoryPlan plan, SpineTable spine, IReadOnlyList<BlockStore> results, long rangeRows, int parallelism)
    {
        if (WholeTable.Suits(plan))
        {
            new WholeTable(plan, spine, (int)rangeRows).Fill(results, parallelism);
            return;
        }

        var columns = plan.Shape.Columns.Select(c => $"{SpineTable.Quoted(c.Name)} {SpineTable.SqlTypeOf(c.Type)}");
        using var connection = spine.Connect();
        connection.Execute($"CREATE TABLE {Found} ({string.Join(", ", columns.Prepend($"{SpineTable.Ordinal} BIGINT"))})");
        using var rows = connection.Appender(Found);
        using var carried = SpineCursor.Open(spine, plan.Shape.Reads);
        var range = (int)Math.Min(rangeRows, Math.Max(1, spine.Rows));
        var lanes = plan.Lanes.Select(lane => new Value[range * lane.Width]).ToList();
        var isThere = new bool[range];
        for (var part = 0; part * rangeRows < spine.Rows; part++)
        {
            Array.Clear(isThere);
            for (var i = 0; i < lanes.Count; i++)
            {
                Scatter(results[i], part, part * rangeRows, plan.Lanes[i].Width, lanes[i], isThere);
            }

            Append(plan, lanes, isThere.AsSpan(0, (int)Math.Min(range, spine.Rows - (part * rangeRows))), part * rangeRows, carried, rows);
        }

        rows.Close();
    }

    /// <summary>Writes the spine's columns and the values, in the order of the spine: the rows of this run's bucket, and with their ordinals when it is not the whole.</summary>
    /// <param name="plan">What was computed.</param>
    /// <param name="spine">With its table of values.</param>
    /// <param name="path">In the run's folder; its ending says the form.</param>
    /// <param name="where">A condition on the added columns, or null.</param>
    /// <param name="note">What a part says of itself in its file, or null.</param>
    /// <returns>Rows written.</returns>
    public static long Write(HistoryPlan plan, SpineTable spine, string path, string? where, string? note)
    {
        if (where is null && note is null && WholeTable.Suits(plan))
        {
            return spine.Connection.Execute($"COPY (FROM {WholeTable.Name}) TO {SpineTable.Text(path)} ({FormOf(path)})");
        }

        // Both tables are in the order of the spine and have each of its rows, so that their places join them; parts have some of its rows.
        var joined = plan.Bucket.IsWhole
            ? $"SELECT s.*, f.* EXCLUDE ({SpineTable.Ordinal}) FROM spine s POSITIONAL JOIN {Found} f"
            : $"SELECT f.{SpineTable.Ordinal}, s.*, f.* EXCLUDE ({SpineTable.Ordinal}) FROM {Found} f JOIN spine s ON s.rowid = f.{SpineTable.Ordinal}";
        var filter = where is null ? "" : $" WHERE {where}";
        var order = plan.Bucket.IsWhole ? "" : $" ORDER BY f.{SpineTable.Ordinal}";
        return spine.Connection.Execute($"COPY ({joined}{filter}{order}) TO {SpineTable.Text(path)} ({FormOf(path)}{(note is null ? "" : $", KV_METADATA {{flyball: {SpineTable.Text(note)}}}")})");
    }

    /// <summary>The columns of a written file.</summary>
    public static IReadOnlyList<string> ColumnsOf(HistoryPlan plan, SpineTable spine) =>
        [.. plan.Bucket.IsWhole ? [] : new[] { SpineTable.Ordinal }, .. spine.Columns.Select(c => c.Name), .. plan.Shape.Columns.Select(c => c.Name)];

    /// <summary>How a result is written, by the ending of its name.</summary>
    public static string FormOf(string path) => path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase)
        ? "FORMAT csv, HEADER true, DELIMITER ',', TIMESTAMPFORMAT '%Y-%m-%dT%H:%M:%S.%fZ'"
        : string.Create(CultureInfo.InvariantCulture, $"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {RowGroupRows}");

    private static void Scatter(BlockStore results, int part, long first, int width, Value[] into, bool[] isThere)
    {
        using var blocks = results.Take(part);
        for (var b = 0; b < blocks.Count; b++)
        {
            var block = blocks[b];
            for (var offset = 0; offset < block.Length; offset += BinaryPrimitives.ReadInt32LittleEndian(block[offset..]))
            {
                var row = StoredRow.At(block, offset);
                var at = (int)(StoredRow.Number(row) - first);
                var cells = StoredRow.EventCells(row);
                isThere[at] = true;
                foreach (ref var value in into.AsSpan(at * width, width))
                {
                    value = cells.Next();
                }
            }
        }
    }

    private static void Append(HistoryPlan plan, List<Value[]> lanes, ReadOnlySpan<bool> isThere, long first, SpineCursor carried, DuckDbAppender rows)
    {
        var values = new Value[plan.Shape.Columns.Count];
        var spine = new Value[plan.Shape.Reads.Count];
        var given = new Memory<Value>[lanes.Count];
        var types = plan.Shape.Columns.Select(c => c.Type).ToArray();
        for (var at = 0; at < isThere.Length; at++)
        {
            carried.Next(spine);
            if (!isThere[at])
            {
                continue;
            }

            for (var i = 0; i < given.Length; i++)
            {
                var width = plan.Lanes[i].Width;
                given[i] = lanes[i].AsMemory(at * width, width);
            }

            plan.Shape.Shape(spine, given, values);
            rows.Append(first + at);
            for (var i = 0; i < values.Length; i++)
            {
                SpineTable.Append(rows, values[i], types[i]);
            }

            rows.EndRow();
        }
    }
}
