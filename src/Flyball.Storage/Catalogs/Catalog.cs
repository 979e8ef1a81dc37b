using System.Collections.Concurrent;
using System.Data;
using Dapper;
using Flyball.Engine.Problems;
using Flyball.Native.Posix;
using Microsoft.Data.Sqlite;

namespace Flyball.Storage.Catalogs;

/// <summary>
/// The tables of the stages in one SQLite file: write-ahead log, every commit synced, foreign keys enforced,
/// one writing transaction at a time, readers that never wait for it.
/// </summary>
/// <remarks>Safe from any thread. A read sees one state of the database however many statements it runs.</remarks>
public sealed class Catalog : IAsyncDisposable
{
    private const int BusySeconds = 10;

    private readonly string file;
    private readonly SqliteConnection writer;
    private readonly GroupCommit commits;
    private readonly ConcurrentBag<SqliteConnection> readers = [];
    private volatile bool closed;

    static Catalog() => SQLitePCL.Batteries_V2.Init();

    private Catalog(string file, SqliteConnection writer) => (this.file, this.writer, commits) = (file, writer, new GroupCommit(writer));

    /// <summary>Opens or creates the file, checks it, and applies the migrations that are new, all or none.</summary>
    /// <exception cref="FlyballException">FLY2020: the file is damaged or no catalog. FLY2021: its tables come from other migrations.</exception>
    public static Catalog Open(string file, IReadOnlyList<Migration> migrations)
    {
        var full = Path.GetFullPath(file);
        PosixFile.CreateDirectory(Path.GetDirectoryName(full)!);
        SqliteConnection? connection = null;
        try
        {
            connection = Connect(full, SqliteOpenMode.ReadWriteCreate);
            connection.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
            if (connection.ExecuteScalar<string>("PRAGMA quick_check(1)") is { } seen and not "ok")
            {
                throw Damaged(full, seen, null);
            }

            Migrator.Run(connection, full, migrations);
            PosixFile.SyncDirectory(Path.GetDirectoryName(full)!);
            return new(full, connection);
        }
        catch (SqliteException failure) when (failure.SqliteErrorCode is SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_NOTADB)
        {
            connection?.Dispose();
            throw Damaged(full, failure.Message, failure);
        }
        catch
        {
            connection?.Dispose();
            throw;
        }
    }

    /// <summary>Runs queries on one consistent state; writing in it fails. The connection must not be kept.</summary>
    public T Read<T>(Func<IDbConnection, T> read)
    {
        ObjectDisposedException.ThrowIf(closed, this);
        if (!readers.TryTake(out var connection))
        {
            connection = Connect(file, SqliteOpenMode.ReadWrite);
            connection.Execute("PRAGMA query_only = 1;");
        }

        var good = false;
        try
        {
            using var transaction = connection.BeginTransaction(deferred: true);
            var result = read(connection);
            transaction.Commit();
            good = true;
            return result;
        }
        finally
        {
            // A connection that failed in the middle of something is not worth keeping.
            if (good && !closed)
            {
                readers.Add(connection);
            }
            else
            {
                connection.Dispose();
            }
        }
    }

    /// <summary>
    /// Runs the statements in one transaction; durable when the task completes. An exception undoes all of them, and nothing else.
    /// Writers that come together share a commit and its sync, see <see cref="GroupCommit"/>.
    /// </summary>
    /// <param name="write">Must not call the catalog again; it may run on another caller's thread.</param>
    /// <param name="ct">Observed while waiting for other writers.</param>
    public Task<T> WriteAsync<T>(Func<IDbConnection, IDbTransaction, T> write, CancellationToken ct)
    {
        if (ct.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(ct);
        }

        var pending = new PendingWrite<T>(write, ct);
        try
        {
            commits.Add(pending);
        }
        catch (ObjectDisposedException closing)
        {
            return Task.FromException<T>(closing);
        }

        return pending.Answer;
    }

    /// <summary>Waits for the writers inside and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        await commits.CloseAsync().ConfigureAwait(false);
        if (!closed)
        {
            closed = true;
            while (readers.TryTake(out var reader))
            {
                reader.Dispose();
            }

            writer.Dispose();
        }
    }

    private static SqliteConnection Connect(string file, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = file,
            Mode = mode,
            Cache = SqliteCacheMode.Private,
            ForeignKeys = true,
            DefaultTimeout = BusySeconds,
            Pooling = false,
        }.ToString());
        try
        {
            connection.Open();
            // LIKE tells upper and lower case apart, as the standard has it.
            connection.Execute("PRAGMA busy_timeout = 10000; PRAGMA case_sensitive_like = 1;");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static FlyballException Damaged(string file, string seen, Exception? inner) => new(
        new Problem("FLY2020", $"The catalog is damaged: {seen}", new ProblemLocation(file), "Restore it from a backup."), inner);
}
