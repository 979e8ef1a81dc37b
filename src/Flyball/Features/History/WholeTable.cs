using System.Buffers.Binary;
using Flyball.Engine.Expressions;
using Flyball.Native.DuckDb;

namespace Flyball.Features.History;

/// <summary>
/// The result as one table, for the usual case: all entities, and every added column a value of a lane that has 64 bits.
/// 1. The values of a range are put into columns, by the places of their rows.
/// 2. The spine is walked chunk by chunk; its columns go into the result by reference, the values as whole pieces of columns.
/// 3. One table in the order of the spine is written by all threads, which a join of two tables is not.
/// Memory: one range of every column.
/// </summary>
internal sealed class WholeTable
{
    public const string Name = "whole";

    private readonly HistoryPlan plan;
    private readonly SpineTable spine;
    private readonly int range;
    private readonly int[][] columnOf;
    private readonly long[][] bits;
    private readonly byte[][] present;

    /// <param name="plan">One that it suits.</param>
    /// <param name="spine">Whose columns come first.</param>
    /// <param name="range">Rows of a range.</param>
    public WholeTable(HistoryPlan plan, SpineTable spine, int range)
    {
        (this.plan, this.spine, this.range) = (plan, spine, range);
        columnOf = [.. plan.Lanes.Select(lane => new int[lane.Width])];
        foreach (var places in columnOf)
        {
            Array.Fill(places, -1);
        }

        foreach (var (pick, column) in plan.Shape.Picks!.Select((p, i) => (p, i)))
        {
            columnOf[pick.Lane][pick.Offset] = column;
        }

        bits = [.. plan.Shape.Columns.Select(_ => new long[range])];
        present = [.. plan.Shape.Columns.Select(_ => new byte[range])];
    }

    /// <summary>Whether a plan is of the usual kind.</summary>
    public static bool Suits(HistoryPlan plan) =>
        plan.Bucket.IsWhole && plan.Shape.Picks is { } picks && picks.Distinct().Count() == picks.Count && plan.Shape.Columns.All(c => c.Type != ScalarType.Text);

    /// <summary>Makes the table.</summary>
    /// <param name="results">The values of each lane, by ranges.</param>
    public void Fill(IReadOnlyList<BlockStore> results)
    {
        var added = plan.Shape.Columns.Select(c => $", NULL::{SpineTable.SqlTypeOf(c.Type)} AS {SpineTable.Quoted(c.Name)}");
        using var connection = spine.Connect();
        connection.Execute($"CREATE TABLE {Name} AS SELECT s.*{string.Concat(added)} FROM spine s LIMIT 0");
        using var whole = connection.Appender(Name);
        using var reading = spine.Connect();
        using var statement = reading.Prepare("SELECT *, rowid FROM spine");
        using var rows = statement.Stream();
        long at = 0;
        while (rows.NextChunk() is { } chunk)
        {
            CheckPlace(chunk, at);
            whole.BeginChunk(chunk, spine.Columns.Count);
            for (var filled = 0; filled < chunk.RowCount;)
            {
                var inRange = (int)(at % range);
                if (inRange == 0)
                {
                    Gather(results, at);
                }

                var count = Math.Min(chunk.RowCount - filled, range - inRange);
                for (var i = 0; i < bits.Length; i++)
                {
                    whole.Fill(spine.Columns.Count + i, filled, bits[i].AsSpan(inRange, count), present[i].AsSpan(inRange, count));
                }

                (filled, at) = (filled + count, at + count);
            }

            whole.EndChunk(chunk.RowCount);
        }

        whole.Close();
    }

    private void CheckPlace(DuckDbChunk chunk, long at)
    {
        if (chunk.Column<long>(spine.Columns.Count)[0] != at || chunk.Column<long>(spine.Columns.Count)[chunk.RowCount - 1] != at + chunk.RowCount - 1)
        {
            throw new InvalidOperationException("The rows of the spine came in another order than they went in.");
        }
    }

    private void Gather(IReadOnlyList<BlockStore> results, long first)
    {
        for (var lane = 0; lane < results.Count; lane++)
        {
            using var blocks = results[lane].Take((int)(first / range));
            for (var b = 0; b < blocks.Count; b++)
            {
                var block = blocks[b];
                for (var offset = 0; offset < block.Length; offset += BinaryPrimitives.ReadInt32LittleEndian(block[offset..]))
                {
                    var row = StoredRow.At(block, offset);
                    Put(StoredRow.Cells(row), (int)(StoredRow.Number(row) - first), columnOf[lane]);
                }
            }
        }
    }

    private void Put(ReadOnlySpan<byte> cells, int at, int[] columns)
    {
        foreach (var column in columns)
        {
            var kind = cells[0];
            var isShort = kind <= CellReader.True;
            if (column >= 0)
            {
                bits[column][at] = isShort ? kind == CellReader.True ? 1 : 0 : BinaryPrimitives.ReadInt64LittleEndian(cells[1..]);
                present[column][at] = kind == CellReader.Null ? (byte)0 : (byte)1;
            }

            cells = cells[(isShort ? 1 : KeyHash.CellBytes)..];
        }
    }
}
