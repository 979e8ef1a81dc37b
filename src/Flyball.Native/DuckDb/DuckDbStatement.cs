using System.Text;

namespace Flyball.Native.DuckDb;

/// <summary>A prepared statement. Parameters count from 1 and stay bound between runs. Use from one thread at a time.</summary>
public sealed unsafe class DuckDbStatement : IDisposable
{
    private readonly DuckDbStatementHandle handle;

    internal DuckDbStatement(DuckDbStatementHandle handle) => this.handle = handle;

    /// <summary>How many parameters the statement has.</summary>
    public int ParameterCount => (int)DuckDbApi.ParameterCount(handle);

    public DuckDbStatement Bind(int index1, bool value) => Check(DuckDbApi.BindBoolean(handle, (ulong)index1, value), index1);

    public DuckDbStatement Bind(int index1, long value) => Check(DuckDbApi.BindInt64(handle, (ulong)index1, value), index1);

    public DuckDbStatement Bind(int index1, double value) => Check(DuckDbApi.BindDouble(handle, (ulong)index1, value), index1);

    /// <summary>Binds a text; null binds NULL.</summary>
    public DuckDbStatement Bind(int index1, string? value)
    {
        if (value is null)
        {
            return BindNull(index1);
        }

        var utf8 = Encoding.UTF8.GetBytes(value);
        fixed (byte* text = utf8)
        {
            // A pinned empty array is a null pointer, which DuckDB would take for an error.
            byte none = 0;
            return Check(DuckDbApi.BindText(handle, (ulong)index1, text is null ? &none : text, (ulong)utf8.Length), index1);
        }
    }

    public DuckDbStatement BindNull(int index1) => Check(DuckDbApi.BindNull(handle, (ulong)index1), index1);

    /// <summary>Runs the statement and holds its whole result.</summary>
    /// <exception cref="DuckDbException">A parameter is not bound, or DuckDB refused it.</exception>
    public DuckDbResult Query() => new(Run(streaming: false));

    /// <summary>Starts the statement; its rows are computed as they are asked for, in memory that does not grow with them.</summary>
    /// <remarks>Nothing else runs on the connection until the result is read or disposed. Reading may fail where running did not.</remarks>
    /// <exception cref="DuckDbException">A parameter is not bound, or DuckDB refused it.</exception>
    public DuckDbResult Stream() => new(Run(streaming: true));

    /// <summary>Runs the statement for its effect.</summary>
    /// <returns>Rows changed.</returns>
    /// <exception cref="DuckDbException">A parameter is not bound, or DuckDB refused it.</exception>
    public long Execute()
    {
        using var result = Run(streaming: false);
        return (long)DuckDbApi.RowsChanged(result);
    }

    public void Dispose() => handle.Dispose();

    private DuckDbStatement Check(int state, int index1) =>
        state == 0 ? this : throw new DuckDbException($"Parameter {index1} of {ParameterCount} cannot be bound: {DuckDbApi.Message(DuckDbApi.PrepareError(handle))}");

    private DuckDbResultHandle Run(bool streaming)
    {
        var result = new DuckDbResultHandle();
        try
        {
            return (streaming ? DuckDbApi.ExecutePreparedStreaming(handle, result) : DuckDbApi.ExecutePrepared(handle, result)) == 0
                ? result
                : throw new DuckDbException(DuckDbApi.Message(DuckDbApi.ResultError(result)));
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }
}
