using System.Globalization;

using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Native.DuckDb;

namespace Flyball.Storage.Lakes;

/// <summary>
/// Reads a snapshot's rows in order of their sequence numbers, as columns in DuckDB's memory: <c>seq</c> BIGINT, <c>event_time</c> and
/// <c>known_at</c> TIMESTAMP are columns 0, 1 and 2, the asked ones follow. Holds one file's rows at a time. Use from one thread at a time.
/// </summary>
public sealed class LakeReader : IDisposable
{
    private readonly string folder;
    private readonly LakeManifest manifest;
    private readonly IReadOnlyList<LakeColumn> columns;
    private readonly DuckDbDatabase database;
    private readonly DuckDbConnection connection;
    private DuckDbResult? rows;
    private int nextFile;

    private LakeReader(string folder, LakeManifest manifest, IReadOnlyList<LakeColumn> columns)
    {
        this.folder = folder;
        this.manifest = manifest;
        this.columns = columns;
        database = DuckDbDatabase.OpenInMemory(new() { OnlyDirectories = [folder] });
        connection = database.Connect();
    }

    /// <summary>Checks every file of the snapshot against its digest, then opens it. Cost: one pass over the files.</summary>
    /// <param name="directory">The lake's folder, or another that holds the table's folder with the manifest's files.</param>
    /// <param name="manifest">The snapshot. It may come from elsewhere: its names are checked, and never are paths.</param>
    /// <param name="columns">Names of the source's columns to read, in the order wanted.</param>
    /// <exception cref="FlyballException">A file is missing or is not the one the manifest names, or there is no such column.</exception>
    public static LakeReader Open(string directory, LakeManifest manifest, IReadOnlyList<string> columns)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(columns);
        var checkedCopy = LakeManifest.Parse(manifest.ToJson());
        var wanted = Wanted(checkedCopy, columns);
        var home = Path.Combine(Path.GetFullPath(directory), checkedCopy.Table);
        foreach (var file in checkedCopy.Files)
        {
            Verify(Path.Combine(home, file.Name), file);
        }

        return new(home, checkedCopy, wanted);
    }

    /// <summary>The next rows, at most 2048 of them, or null after the last. The chunk before it is released.</summary>
    public DuckDbChunk? NextChunk()
    {
        while (true)
        {
            if (rows?.NextChunk() is { } chunk)
            {
                return chunk;
            }

            rows?.Dispose();
            rows = null;
            if (nextFile == manifest.Files.Count)
            {
                return null;
            }

            rows = connection.Query(Select(manifest.Files[nextFile++]));
        }
    }

    public void Dispose()
    {
        rows?.Dispose();
        connection.Dispose();
        database.Dispose();
    }

    private static IReadOnlyList<LakeColumn> Wanted(LakeManifest manifest, IReadOnlyList<string> names) => manifest.Columns.Count == 0 && manifest.Files.Count == 0

        // Nothing was ever written, so nobody said which columns there are; there is no row to miss one in.
        ? []
        : [.. names.Select(name => manifest.Columns.FirstOrDefault(c => c.Name == name) ?? throw new FlyballException(LakeProblems.NoColumn(manifest.Table, name)))];

    private static void Verify(string path, LakeFile file)
    {
        try
        {
            using var content = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (content.Length != file.Bytes)
            {
                throw new FlyballException(LakeProblems.Damaged(path, string.Create(CultureInfo.InvariantCulture, $"it has {content.Length} bytes instead of {file.Bytes}")));
            }

            if (Digest.Of(content) != file.Sha256)
            {
                throw new FlyballException(LakeProblems.Damaged(path, $"its SHA-256 is not {file.Sha256}"));
            }
        }
        catch (IOException e)
        {
            throw new FlyballException(LakeProblems.Damaged(path, "it is missing or cannot be read"), e);
        }
    }

    /// <summary>One file's rows: they are in order inside it, and files are in order. A column it does not have is NULL.</summary>
    private string Select(LakeFile file)
    {
        var path = LakeSql.Text(Path.Combine(folder, file.Name));
        var stored = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        using (var names = connection.Query($"SELECT name FROM parquet_schema({path})"))
        {
            while (names.NextChunk() is { } chunk)
            {
                for (var r = 0; r < chunk.RowCount; r++)
                {
                    stored.Add(chunk.Text(0, r));
                }
            }
        }

        var asked = columns.Select(c => stored.Contains(c.StoredName) ? $", {LakeSql.Name(c.StoredName)}" : $", NULL::{c.SqlType}");
        var end = string.Create(CultureInfo.InvariantCulture, $" WHERE seq <= {manifest.Horizon.Seq}");
        return $"SELECT seq, event_time, known_at{string.Concat(asked)} FROM read_parquet({path}){(file.LastSeq > manifest.Horizon.Seq ? end : "")}";
    }
}
