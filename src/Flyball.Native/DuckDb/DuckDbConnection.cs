namespace Flyball.Native.DuckDb;

/// <summary>One connection: statements on it run one after another. Use from one thread at a time.</summary>
public sealed unsafe class DuckDbConnection : IDisposable
{
    private readonly DuckDbConnectionHandle handle;

    internal DuckDbConnection(DuckDbConnectionHandle handle) => this.handle = handle;

    /// <summary>Runs SQL for its effect.</summary>
    /// <returns>Rows changed by the last statement of <paramref name="sql"/>.</returns>
    /// <exception cref="DuckDbException">DuckDB refused it.</exception>
    public long Execute(string sql)
    {
        using var result = Run(sql);
        return (long)DuckDbApi.RowsChanged(result);
    }

    /// <summary>Runs SQL and holds its whole result, in DuckDB's memory.</summary>
    /// <exception cref="DuckDbException">DuckDB refused it.</exception>
    public DuckDbResult Query(string sql) => new(Run(sql));

    /// <summary>Parses and plans one statement whose parameters are <c>?</c> or <c>$1</c>.</summary>
    /// <exception cref="DuckDbException">DuckDB refused it.</exception>
    public DuckDbStatement Prepare(string sql)
    {
        ArgumentNullException.ThrowIfNull(sql);
        var state = DuckDbApi.Prepare(handle, DuckDbDatabase.NoNul(sql), out var statement);
        if (state != 0)
        {
            using (statement)
            {
                throw new DuckDbException(statement.IsInvalid ? "DuckDB gave no reason." : DuckDbApi.Message(DuckDbApi.PrepareError(statement)));
            }
        }

        return new(statement);
    }

    /// <summary>A fast way to add rows to a table of the current schema.</summary>
    /// <param name="table">The table's name, unquoted.</param>
    /// <exception cref="DuckDbException">There is no such table, or it has a column of a type the appender cannot write.</exception>
    public DuckDbAppender Appender(string table)
    {
        ArgumentException.ThrowIfNullOrEmpty(table);
        var state = DuckDbApi.CreateAppender(handle, null, DuckDbDatabase.NoNul(table), out var appender);
        if (state != 0)
        {
            using (appender)
            {
                throw new DuckDbException(appender.IsInvalid ? "DuckDB gave no reason." : DuckDbApi.Message(DuckDbApi.AppenderError(appender)));
            }
        }

        return DuckDbAppender.Over(appender, table);
    }

    /// <summary>Makes the statement that another thread runs on this connection fail soon.</summary>
    public void Interrupt() => DuckDbApi.Interrupt(handle);

    public void Dispose() => handle.Dispose();

    private DuckDbResultHandle Run(string sql)
    {
        ArgumentNullException.ThrowIfNull(sql);
        var result = new DuckDbResultHandle();
        try
        {
            return DuckDbApi.Query(handle, DuckDbDatabase.NoNul(sql), result) == 0
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
