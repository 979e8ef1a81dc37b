using System.Globalization;

using Flyball.Engine.Identity;
using Flyball.Native.DuckDb;
using Flyball.Native.Posix;

namespace Flyball.Storage.Lakes;

/// <summary>
/// Writes the Parquet files of one extension under temporary names: rows gather in a DuckDB table, which is copied out when full.
/// One thread and a fixed layout, so that the same rows give the same bytes.
/// </summary>
internal sealed class LakeFileWriter : IDisposable
{
    /// <summary>DuckDB's default, stated because the bytes depend on it.</summary>
    private const int RowGroupRows = 122_880;

    private readonly string folder;
    private readonly LakeOptions options;
    private readonly string createTable;
    private readonly DuckDbDatabase database;
    private readonly DuckDbConnection connection;
    private readonly List<(string Temporary, LakeFile File)> written = [];
    private DuckDbAppender? rows;
    private long first;
    private long last;

    public LakeFileWriter(string folder, IReadOnlyList<LakeColumn> columns, LakeOptions options)
    {
        this.folder = folder;
        this.options = options;
        var all = columns.Select(c => $", {LakeSql.Name(c.StoredName)} {c.SqlType}");
        createTable = $"CREATE OR REPLACE TABLE lake_rows (seq BIGINT, event_time TIMESTAMP, known_at TIMESTAMP{string.Concat(all)})";
        database = DuckDbDatabase.OpenInMemory(new()
        {
            MemoryLimitBytes = options.MemoryLimitBytes,
            TemporaryDirectory = Path.Combine(folder, "spill.tmp"),
            OnlyDirectories = [folder],
        });
        connection = database.Connect();
    }

    /// <summary>Where the values of the current row go. <see cref="Room"/> comes before each row.</summary>
    public DuckDbAppender Rows => rows ?? throw new InvalidOperationException("No row has begun.");

    /// <summary>Makes room for a row with this sequence number, finishing the file that is full.</summary>
    public void Room(long seq)
    {
        if (rows is not null && (rows.Rows >= options.RowsPerFile || rows.TextBytes >= options.TextBytesPerFile))
        {
            FinishFile();
        }

        if (rows is null)
        {
            connection.Execute(createTable);
            rows = connection.Appender("lake_rows");
            first = seq;
        }

        last = seq;
    }

    /// <summary>Gives the files their names and makes them durable. They belong to no snapshot yet.</summary>
    public IReadOnlyList<LakeFile> Publish()
    {
        FinishFile();
        foreach (var (temporary, file) in written)
        {
            PosixFile.Rename(temporary, Path.Combine(folder, file.Name));
        }

        if (written.Count > 0)
        {
            PosixFile.SyncDirectory(folder);
        }

        var files = written.ConvertAll(w => w.File);
        written.Clear();
        return files;
    }

    public void Dispose()
    {
        rows?.Dispose();
        connection.Dispose();
        database.Dispose();
        foreach (var temporary in Directory.EnumerateFiles(folder, "*.parquet.tmp"))
        {
            File.Delete(temporary);
        }
    }

    private void FinishFile()
    {
        if (rows is null)
        {
            return;
        }

        rows.Close();
        var count = rows.Rows;
        rows.Dispose();
        rows = null;
        var temporary = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{first}.parquet.tmp"));
        connection.Execute($"COPY lake_rows TO {LakeSql.Text(temporary)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {RowGroupRows})");
        using var file = new FileStream(temporary, FileMode.Open, FileAccess.ReadWrite);
        PosixFile.Sync(file.SafeFileHandle);
        var digest = Digest.Of(file);
        written.Add((temporary, new(LakeNames.Of(first, last, digest), digest, count, file.Length, first, last)));
    }
}
