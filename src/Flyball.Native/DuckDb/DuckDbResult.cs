namespace Flyball.Native.DuckDb;

/// <summary>What a query answered, read forward one chunk at a time.</summary>
public sealed unsafe class DuckDbResult : IDisposable
{
    private readonly DuckDbResultHandle handle;
    private DuckDbChunk? current;
    private bool ended;

    internal DuckDbResult(DuckDbResultHandle handle)
    {
        this.handle = handle;
        var columns = new DuckDbColumn[DuckDbApi.ColumnCount(handle)];
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i] = new(DuckDbApi.Message(DuckDbApi.ColumnName(handle, (ulong)i)), DuckDbApi.ColumnType(handle, (ulong)i));
        }

        Columns = columns;
    }

    /// <summary>In the query's order.</summary>
    public IReadOnlyList<DuckDbColumn> Columns { get; }

    /// <summary>The next rows, at most 2048 of them, or null after the last. The chunk before it is released.</summary>
    /// <exception cref="DuckDbException">A statement that computes its rows as they are read failed here.</exception>
    public DuckDbChunk? NextChunk()
    {
        current?.Release();
        current = null;
        ObjectDisposedException.ThrowIf(handle.IsClosed, this);
        if (ended)
        {
            // A stream that was read to its end takes another question for a mistake.
            return null;
        }

        var chunk = DuckDbApi.FetchChunk(handle.Value);
        GC.KeepAlive(handle);
        if (chunk.IsInvalid)
        {
            chunk.Dispose();
            ended = true;
            var error = DuckDbApi.ResultError(handle);
            return error is null ? null : throw new DuckDbException(DuckDbApi.Message(error));
        }

        return current = new(chunk, Columns);
    }

    public void Dispose()
    {
        current?.Release();
        current = null;
        handle.Dispose();
    }
}
