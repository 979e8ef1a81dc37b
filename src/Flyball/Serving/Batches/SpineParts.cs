using System.Globalization;
using Flyball.Engine.Expressions;
using Flyball.Engine.Time;
using Flyball.Features.History;
using Flyball.Native.DuckDb;

namespace Flyball.Serving.Batches;

/// <summary>
/// Writes the keys and instants of a file's good requests as a spine, part by part, so that memory does not grow with the file. Not thread-safe.
/// </summary>
internal sealed class SpineParts : IDisposable
{
    /// <summary>The column with a request's place in its file.</summary>
    public const string Place = "request_row";

    private const string Table = "asked";
    private const int PartRows = 1 << 18;
    private const long MemoryLimit = 256L << 20;

    private readonly string folder;
    private readonly DuckDbDatabase database;
    private readonly DuckDbConnection connection;
    private readonly ServedVersion version;
    private readonly (string Name, int Column)[] keys;
    private readonly List<string> parts = [];
    private DuckDbAppender rows;

    /// <param name="version">Whose requests they are.</param>
    /// <param name="folder">The only one that files are written to.</param>
    public SpineParts(ServedVersion version, string folder)
    {
        (this.version, this.folder) = (version, folder);
        keys = [.. version.Vector.Entities.Select(e => (e.View.Definition.Entity!, e.RequestColumn)).Distinct()];
        database = DuckDbDatabase.OpenInMemory(new() { OnlyDirectories = [folder], MemoryLimitBytes = MemoryLimit, TemporaryDirectory = Path.Combine(folder, "spill.tmp") });
        connection = database.Connect();
        rows = Create();
    }

    public long Rows { get; private set; }

    /// <summary>Adds a good request.</summary>
    /// <param name="place">In its file.</param>
    /// <param name="request">The row.</param>
    /// <param name="at">The instant of requests that state none.</param>
    /// <param name="known">When it says that it was known; null where it does not.</param>
    public void Add(long place, ReadOnlySpan<Value> request, EventTime at, KnownAt? known)
    {
        rows.Append(place);
        rows.AppendTimestampMicros(version.Vector.Request.EventTimeOf(request, at).Micros);
        if (known is { } stated)
        {
            rows.AppendTimestampMicros(stated.Micros);
        }
        else
        {
            rows.AppendNull();
        }

        foreach (var (_, column) in keys)
        {
            SpineTable.Append(rows, request[column], version.Vector.Request.Schema.Fields[column].Type);
        }

        rows.EndRow();
        if (++Rows % PartRows == 0)
        {
            WritePart();
        }
    }

    /// <summary>Makes one file of what was added.</summary>
    public void Write(string path)
    {
        if (Rows % PartRows != 0 || Rows == 0)
        {
            WritePart();
        }

        connection.Execute($"COPY (SELECT * FROM read_parquet([{string.Join(", ", parts.Select(SpineTable.Text))}])) TO {SpineTable.Text(path)} ({HistoryOutput.FormOf(path)})");
        parts.ForEach(File.Delete);
    }

    public void Dispose()
    {
        rows.Dispose();
        connection.Dispose();
        database.Dispose();
    }

    private void WritePart()
    {
        rows.Close();
        var part = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"asked-{parts.Count:d6}.parquet"));
        connection.Execute($"COPY {Table} TO {SpineTable.Text(part)} (FORMAT parquet, COMPRESSION snappy)");
        parts.Add(part);
        rows.Dispose();
        rows = Create();
    }

    private DuckDbAppender Create()
    {
        var columns = keys.Select(k => $", {SpineTable.Quoted(k.Name)} {SpineTable.SqlTypeOf(version.Vector.Request.Schema.Fields[k.Column].Type)}");
        connection.Execute($"CREATE OR REPLACE TABLE {Table} ({Place} BIGINT, {SpineTable.EventTime} TIMESTAMP, {SpineTable.KnownAt} TIMESTAMP{string.Concat(columns)})");
        return connection.Appender(Table);
    }
}
