using System.Globalization;

namespace Flyball.Native.DuckDb;

/// <summary>A DuckDB database, in memory or in a file. Thread-safe; each thread uses its own connection.</summary>
public sealed unsafe class DuckDbDatabase : IDisposable
{
    private readonly DuckDbDatabaseHandle handle;

    private DuckDbDatabase(DuckDbDatabaseHandle handle) => this.handle = handle;

    /// <summary>Version of the loaded library, such as <c>v1.5.6</c>.</summary>
    public static string LibraryVersion
    {
        get
        {
            DuckDbApi.Require();
            return DuckDbApi.Message(DuckDbApi.LibraryVersion());
        }
    }

    /// <summary>An empty database that lives until it is disposed.</summary>
    /// <exception cref="Loading.NativeLibraryException">The library is missing.</exception>
    public static DuckDbDatabase OpenInMemory(DuckDbOptions? options = null) => OpenWith(null, options ?? new());

    /// <summary>Opens a database file, creating it when there is none.</summary>
    /// <exception cref="DuckDbException">The file is not a database, or another process has it.</exception>
    /// <exception cref="Loading.NativeLibraryException">The library is missing.</exception>
    public static DuckDbDatabase Open(string path, DuckDbOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return OpenWith(NoNul(path), options ?? new());
    }

    /// <summary>A new connection. It may outlive this object.</summary>
    public DuckDbConnection Connect()
    {
        var state = DuckDbApi.Connect(handle, out var connection);
        if (state != 0)
        {
            connection.Dispose();
            throw new DuckDbException("DuckDB could not open a connection.");
        }

        return new(connection);
    }

    public void Dispose() => handle.Dispose();

    /// <summary>C ends a text at its first NUL; what follows it must not vanish silently.</summary>
    internal static string NoNul(string text) =>
        text.Contains('\0', StringComparison.Ordinal) ? throw new DuckDbException("The text holds a NUL character.") : text;

    private static DuckDbDatabase OpenWith(string? path, DuckDbOptions options)
    {
        DuckDbApi.Require();
        if (DuckDbApi.CreateConfig(out var config) != 0)
        {
            throw new DuckDbException("DuckDB could not create a configuration.");
        }

        try
        {
            foreach (var (name, value) in Settings(options))
            {
                if (DuckDbApi.SetConfig(config, name, NoNul(value)) != 0)
                {
                    throw new DuckDbException($"DuckDB does not take {value} for {name}.");
                }
            }

            var state = DuckDbApi.Open(path, out var database, config, out var error);
            if (state != 0)
            {
                database.Dispose();
                var message = DuckDbApi.Message(error);
                DuckDbApi.Free(error);
                throw new DuckDbException(message);
            }

            return Locked(new(database), options);
        }
        finally
        {
            DuckDbApi.DestroyConfig(ref config);
        }
    }

    private static IEnumerable<(string Name, string Value)> Settings(DuckDbOptions options)
    {
        yield return ("threads", options.Threads.ToString(CultureInfo.InvariantCulture));
        yield return ("autoinstall_known_extensions", "false");
        yield return ("autoload_known_extensions", "false");
        yield return ("allow_community_extensions", "false");
        yield return ("allow_unsigned_extensions", "false");
        if (options.MemoryLimitBytes is { } bytes)
        {
            yield return ("memory_limit", string.Create(CultureInfo.InvariantCulture, $"{bytes}B"));
        }

        if (options.TemporaryDirectory is { } folder)
        {
            yield return ("temp_directory", folder);
        }
    }

    /// <summary>Settings that are lists go in as SQL; the last one makes all of them final.</summary>
    private static DuckDbDatabase Locked(DuckDbDatabase database, DuckDbOptions options)
    {
        try
        {
            using var connection = database.Connect();
            if (options.OnlyDirectories is { } folders)
            {
                var quoted = folders.Select(f => $"'{f.Replace("'", "''", StringComparison.Ordinal)}'");
                connection.Execute($"SET allowed_directories = [{string.Join(", ", quoted)}]");
                connection.Execute("SET enable_external_access = false");
            }

            // Texts of times with a zone are the same wherever the program runs.
            connection.Execute("SET GLOBAL TimeZone = 'UTC'");
            connection.Execute("SET lock_configuration = true");
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }
}
