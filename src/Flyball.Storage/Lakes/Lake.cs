using System.Collections.Concurrent;

using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Native.Posix;

namespace Flyball.Storage.Lakes;

/// <summary>
/// The journal's rows as Parquet, which pandas, DuckDB and Spark open as they are: a folder a table, immutable files,
/// and a manifest that names the files of each snapshot.
/// </summary>
/// <remarks>
/// <para>1. An extension writes new files under temporary names, syncs them, renames them, and syncs the folder.</para>
/// <para>2. Only then is the table's manifest replaced: a crash before that leaves the snapshot before, and the next start removes the leftovers.</para>
/// <para>3. Files never change, so a manifest at a horizon names the same bytes for ever.</para>
/// Thread-safe; one process owns a lake, others read it through manifests.
/// </remarks>
public sealed class Lake : IDisposable
{
    private readonly Lock adding = new();
    private readonly string root;
    private readonly LakeOptions options;
    private readonly FileStream ownership;
    private readonly ConcurrentDictionary<string, LakeTable> tables = new(StringComparer.Ordinal);

    private Lake(string root, LakeOptions options, FileStream ownership)
    {
        this.root = root;
        this.options = options;
        this.ownership = ownership;
    }

    /// <summary>Names of the tables written so far, in order.</summary>
    public IReadOnlyList<string> Tables =>
        [.. tables.Where(t => t.Value.History.Horizon.Seq > 0).Select(t => t.Key).Order(StringComparer.Ordinal)];

    /// <summary>Opens the lake in a folder, creating it when there is none, and takes ownership of it.</summary>
    /// <exception cref="FlyballException">Another process owns it, or a manifest cannot be read.</exception>
    public static Lake Open(string directory, LakeOptions? options = null)
    {
        var home = Path.GetFullPath(directory);
        PosixFile.CreateDirectory(home);
        var held = Own(home);
        try
        {
            var lake = new Lake(home, options ?? new(), held);
            foreach (var folder in Directory.EnumerateDirectories(home).Where(f => LakeNames.IsTable(Path.GetFileName(f))))
            {
                lake.tables[Path.GetFileName(folder)] = LakeTable.Open(folder);
            }

            return lake;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>How far a table is written; 0 when there is none of that name.</summary>
    public Horizon HorizonOf(string table) => tables.TryGetValue(table, out var found) ? found.History.Horizon : new Horizon(0);

    /// <summary>
    /// Adds rows to a table and moves its horizon. When this returns, they are durable; when it throws, the table is as before.
    /// Extending to the horizon a table has already does nothing.
    /// </summary>
    /// <param name="table">The table's name.</param>
    /// <param name="columns">The columns of these rows. A column may come and go; its type stays.</param>
    /// <param name="upTo">The new horizon: all rows of the journal up to it are now in the table or not of it.</param>
    /// <param name="write">Writes the rows after the old horizon, in order. It may write none.</param>
    /// <returns>The snapshot at the new horizon.</returns>
    /// <exception cref="FlyballException">The name, a column or the horizon cannot be.</exception>
    public LakeManifest Extend(string table, IReadOnlyList<LakeColumn> columns, Horizon upTo, Action<LakeRowWriter> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        LakeTable? found;

        // Opening a table removes leftovers, which must not be the files of an extension that runs.
        lock (adding)
        {
            if (!tables.TryGetValue(LakeNames.Table(table), out found))
            {
                var folder = Path.Combine(root, table);
                PosixFile.CreateDirectory(folder);
                tables[table] = found = LakeTable.Open(folder);
            }
        }

        return found.Extend(columns, upTo, options, write);
    }

    /// <summary>The snapshot of a table at a horizon it has reached; <see cref="Horizon.Unbounded"/> is the last one.</summary>
    /// <exception cref="FlyballException">The table is not written that far.</exception>
    public LakeManifest Manifest(string table, Horizon upTo)
    {
        var name = LakeNames.Table(table);
        return (tables.TryGetValue(name, out var found) ? found.History : LakeHistory.Empty(name)).At(upTo);
    }

    /// <summary>Opens a snapshot's rows, as <see cref="LakeReader.Open"/> does.</summary>
    public LakeReader Read(LakeManifest manifest, IReadOnlyList<string> columns) => LakeReader.Open(root, manifest, columns);

    public void Dispose() => ownership.Dispose();

    private static FileStream Own(string home)
    {
        try
        {
            return new(Path.Combine(home, "owner.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new FlyballException(LakeProblems.InUse(home), e);
        }
    }
}
