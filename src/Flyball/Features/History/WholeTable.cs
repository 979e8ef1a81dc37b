using System.Globalization;
using System.Runtime.ExceptionServices;
using Flyball.Engine.Expressions;
using Flyball.Native.DuckDb;

namespace Flyball.Features.History;

/// <summary>
/// The result as one table, for the usual case: all entities, and every added column a value of a lane that has 64 bits.
/// 1. The values of a range are put into columns, by the places of their rows.
/// 2. The spine is walked chunk by chunk; its columns go into the result by reference, the values as whole pieces of columns.
/// 3. Threads make tables of pieces whose ends are ends of row groups, so that the pieces, one after the other, are written by all threads, which a join of
/// two tables is not, and with the bytes of a single table.
/// Memory: one range of every column, a thread.
/// </summary>
internal sealed class WholeTable
{
    public const string Name = "whole";

    private readonly HistoryPlan plan;
    private readonly SpineTable spine;
    private readonly int range;
    private readonly int[][] columnOf;

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
    }

    /// <summary>Whether a plan is of the usual kind.</summary>
    public static bool Suits(HistoryPlan plan) =>
        plan.Bucket.IsWhole && plan.Shape.Picks is { } picks && picks.Distinct().Count() == picks.Count && plan.Shape.Columns.All(c => c.Type != ScalarType.Text);

    /// <summary>Makes the table, or the tables and a view of them in their order.</summary>
    /// <param name="results">The values of each lane, by ranges.</param>
    /// <param name="parallelism">Threads.</param>
    public void Fill(IReadOnlyList<BlockStore> results, int parallelism)
    {
        var unit = Math.Max(range, HistoryOutput.RowGroupRows);
        var units = unit % range == 0 && unit % HistoryOutput.RowGroupRows == 0 ? (spine.Rows + unit - 1) / unit : 1;
        var pieces = (int)Math.Clamp(units, 1, parallelism);
        if (pieces == 1)
        {
            FillPiece(Name, 0, spine.Rows, results);
            return;
        }

        try
        {
            Parallel.For(0, pieces, new ParallelOptions { MaxDegreeOfParallelism = pieces }, piece =>
                FillPiece($"{Name}_{piece}", units * piece / pieces * unit, Math.Min(spine.Rows, units * (piece + 1) / pieces * unit), results));
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }

        using var connection = spine.Connect();
        connection.Execute($"CREATE VIEW {Name} AS {string.Join(" UNION ALL ", Enumerable.Range(0, pieces).Select(piece => $"SELECT * FROM {Name}_{piece}"))}");
    }

    /// <summary>Rows from one ordinal up to, not including, another; the first begins a range.</summary>
    private void FillPiece(string name, long first, long end, IReadOnlyList<BlockStore> results)
    {
        var added = plan.Shape.Columns.Select(c => $", NULL::{SpineTable.SqlTypeOf(c.Type)} AS {SpineTable.Quoted(c.Name)}");
        using var connection = spine.Connect();
        connection.Execute($"CREATE TABLE {name} AS SELECT s.*{string.Concat(added)} FROM spine s LIMIT 0");
        using var whole = connection.Appender(name);
        using var reading = spine.Connect();
        using var statement = reading.Prepare(string.Create(CultureInfo.InvariantCulture, $"SELECT *, rowid FROM spine WHERE rowid >= {first} AND rowid < {end}"));
        using var rows = statement.Stream();
        var values = new RangeColumns(columnOf, plan.Shape.Columns.Count, range);
        var at = first;
        while (rows.NextChunk() is { } chunk)
        {
            CheckPlace(chunk, at);
            whole.BeginChunk(chunk, spine.Columns.Count);
            for (var filled = 0; filled < chunk.RowCount;)
            {
                var inRange = (int)(at % range);
                if (inRange == 0)
                {
                    values.Gather(results, (int)(at / range));
                }

                var count = Math.Min(chunk.RowCount - filled, range - inRange);
                for (var i = 0; i < plan.Shape.Columns.Count; i++)
                {
                    whole.Fill(spine.Columns.Count + i, filled, values.Bits(i).Slice(inRange, count), values.Present(i).Slice(inRange, count));
                }

                (filled, at) = (filled + count, at + count);
            }

            whole.EndChunk(chunk.RowCount);
        }

        whole.Close();
        if (at != end)
        {
            throw OutOfOrder();
        }
    }

    private void CheckPlace(DuckDbChunk chunk, long at)
    {
        var places = chunk.Column<long>(spine.Columns.Count);
        if (places[0] != at || places[^1] != at + chunk.RowCount - 1)
        {
            throw OutOfOrder();
        }
    }

    private static InvalidOperationException OutOfOrder() => new("The rows of the spine came in another order than they went in.");
}
