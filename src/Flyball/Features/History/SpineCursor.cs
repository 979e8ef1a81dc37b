using Flyball.Engine.Expressions;
using Flyball.Native.DuckDb;

namespace Flyball.Features.History;

/// <summary>Walks the spine once more, in its order, for a shape that reads columns of it.</summary>
internal sealed class SpineCursor : IDisposable
{
    private readonly IReadOnlyList<Field> fields;
    private readonly DuckDbConnection? connection;
    private readonly DuckDbStatement? statement;
    private readonly DuckDbResult? rows;
    private DuckDbChunk? chunk;
    private int at;

    private SpineCursor(SpineTable spine, IReadOnlyList<Field> fields)
    {
        this.fields = fields;
        if (fields.Count > 0)
        {
            connection = spine.Connect();
            statement = connection.Prepare($"SELECT {string.Join(", ", fields.Select(f => SpineTable.Quoted(f.Name)))} FROM spine ORDER BY rowid");
            rows = statement.Stream();
        }
    }

    /// <param name="spine">The table.</param>
    /// <param name="fields">Columns of it, which have these types; none makes a cursor that gives nothing.</param>
    public static SpineCursor Open(SpineTable spine, IReadOnlyList<Field> fields) => new(spine, fields);

    /// <summary>The columns of the next row.</summary>
    public void Next(Span<Value> into)
    {
        if (rows is null)
        {
            return;
        }

        if (chunk is null || at == chunk.RowCount)
        {
            (chunk, at) = (rows.NextChunk() ?? throw new InvalidOperationException("The spine has fewer rows than it had."), 0);
        }

        for (var i = 0; i < fields.Count; i++)
        {
            into[i] = LakeCell.Read(chunk, i, at, fields[i].Type);
        }

        at++;
    }

    public void Dispose()
    {
        rows?.Dispose();
        statement?.Dispose();
        connection?.Dispose();
    }
}
