using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Native.Posix;

namespace Flyball.Storage.Lakes;

/// <summary>One table's folder. Extensions wait for each other; readers see the last history that is durable.</summary>
internal sealed class LakeTable
{
    private const string ManifestName = "manifest.json";

    private readonly Lock extending = new();
    private readonly string folder;
    private volatile LakeHistory history;

    private LakeTable(string folder, LakeHistory history)
    {
        this.folder = folder;
        this.history = history;
    }

    public LakeHistory History => history;

    /// <summary>Reads the table's manifest and removes what a crash left behind.</summary>
    public static LakeTable Open(string folder)
    {
        var name = Path.GetFileName(folder);
        var path = Path.Combine(folder, ManifestName);
        var found = File.Exists(path) ? LakeHistory.Parse(File.ReadAllBytes(path), path) : LakeHistory.Empty(name);
        if (found.Table != name)
        {
            throw new FlyballException(LakeProblems.Unreadable(path, $"it is the manifest of {found.Table}."));
        }

        var table = new LakeTable(folder, found);
        table.RemoveLeftovers();
        return table;
    }

    public LakeManifest Extend(IReadOnlyList<LakeColumn> columns, Horizon upTo, LakeOptions options, Action<LakeRowWriter> write)
    {
        lock (extending)
        {
            var before = history;
            before.CheckColumns(columns);
            if (upTo < before.Horizon || upTo == Horizon.Unbounded)
            {
                throw new FlyballException(LakeProblems.Behind(before.Table, upTo, before.Horizon));
            }

            if (upTo == before.Horizon)
            {
                return before.At(upTo);
            }

            PosixFile.CreateDirectory(folder);
            using var files = new LakeFileWriter(folder, columns, options);
            var rows = new LakeRowWriter(files, before.Horizon, upTo);
            write(rows);
            rows.Close();
            var after = before.With(columns, upTo, files.Publish());
            PosixFile.ReplaceFile(Path.Combine(folder, ManifestName), after.ToJson());
            history = after;
            return after.At(upTo);
        }
    }

    /// <summary>Files that no manifest lists would be read twice by whoever opens all files of the folder.</summary>
    private void RemoveLeftovers()
    {
        var listed = history.Files.Select(f => f.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFiles(folder))
        {
            var name = Path.GetFileName(path);
            if (name.EndsWith(".tmp", StringComparison.Ordinal) || (LakeNames.IsFile(name) && !listed.Contains(name)))
            {
                File.Delete(path);
            }
        }

        var spill = Path.Combine(folder, "spill.tmp");
        if (Directory.Exists(spill))
        {
            Directory.Delete(spill, recursive: true);
        }
    }
}
