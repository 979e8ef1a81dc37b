using System.Globalization;
using Flyball.Engine.Problems;
using Flyball.Features.History;
using Flyball.Native.DuckDb;

namespace Flyball.Training.History;

/// <summary>Makes the whole of the files of all buckets: the bytes that one process would have written. Memory does not grow with them.</summary>
public static class PartConcat
{
    private const long MemoryLimit = 1L << 30;

    /// <param name="parts">The files, in any order; all in one folder or several.</param>
    /// <param name="output">Where to; its ending says the form. Replaced only when the whole is there.</param>
    /// <returns>Rows of the whole.</returns>
    /// <exception cref="FlyballException">FLY3171: the files are no parts, are of different wholes, or one is missing. FLY3163: nothing was known.</exception>
    public static long Run(IReadOnlyList<string> parts, string output)
    {
        var target = Path.GetFullPath(output);
        var folder = Path.GetDirectoryName(target)!;
        string[] files = [.. parts.Select(Path.GetFullPath)];
        using var database = DuckDbDatabase.OpenInMemory(new()
        {
            MemoryLimitBytes = MemoryLimit,
            TemporaryDirectory = target + ".spill.tmp",
            OnlyDirectories = [.. files.Select(f => Path.GetDirectoryName(f)!).Append(folder).Distinct(StringComparer.Ordinal)],
        });
        using var db = database.Connect();
        Check(files, [.. files.Select(f => NoteOf(db, f))]);
        var temporary = $"{target}.tmp{Path.GetExtension(target)}";
        try
        {
            var all = string.Join(", ", files.Select(SpineTable.Text));
            var rows = db.Execute($"COPY (SELECT * EXCLUDE ({SpineTable.Ordinal}) FROM read_parquet([{all}]) ORDER BY {SpineTable.Ordinal}) TO {SpineTable.Text(temporary)} ({HistoryOutput.FormOf(target)})");
            File.Move(temporary, target, overwrite: true);
            return rows;
        }
        finally
        {
            File.Delete(temporary);
            if (Directory.Exists(target + ".spill.tmp"))
            {
                Directory.Delete(target + ".spill.tmp", recursive: true);
            }
        }
    }

    private static PartNote NoteOf(DuckDbConnection db, string file)
    {
        try
        {
            using var found = db.Query($"SELECT decode(value) FROM parquet_kv_metadata({SpineTable.Text(file)}) WHERE decode(key) = 'flyball'");
            if (found.NextChunk() is { } chunk && PartNote.Parse(chunk.Text(0, 0)) is { } note)
            {
                return note;
            }
        }
        catch (Exception e) when (e is DuckDbException or System.Text.Json.JsonException)
        {
            throw Refuse(file, "The file is missing, damaged or no Parquet.", e);
        }

        throw Refuse(file, "The file is not that of a bucket.");
    }

    private static void Check(string[] files, PartNote[] notes)
    {
        var first = notes[0];
        var seen = new HashSet<int>();
        for (var i = 0; i < notes.Length; i++)
        {
            if (notes[i].Whole != first.Whole || !EntityBucket.TryParse(notes[i].Bucket, out var bucket) || bucket.Count != notes.Length || !seen.Add(bucket.Index))
            {
                throw Refuse(files[i], string.Create(CultureInfo.InvariantCulture, $"The file is bucket {notes[i].Bucket}, and {notes.Length} files were given{(notes[i].Whole != first.Whole ? "; it answers another question than the first" : "")}."));
            }
        }

        if (notes.Sum(n => n.Rows) != first.SpineRows)
        {
            throw Refuse(files[0], string.Create(CultureInfo.InvariantCulture, $"The buckets have {notes.Sum(n => n.Rows)} rows of {first.SpineRows}."));
        }

        for (var i = 0; i < first.Found.Count && !first.AllowsEmpty; i++)
        {
            var count = new LaneCount(notes.Sum(n => n.Found[i].Rows), notes.Sum(n => n.Found[i].Happened), notes.Sum(n => n.Found[i].Known));
            if (count is { Happened: > 0, Known: 0 })
            {
                throw HistoryProblems.NothingKnown(first.Found[i].Source, count);
            }
        }
    }

    private static FlyballException Refuse(string file, string what, Exception? inner = null) =>
        new(new Problem("FLY3171", what, new ProblemLocation(Path.GetFileName(file)), "Give every bucket of one question once, as features history --bucket wrote it."), inner);
}
