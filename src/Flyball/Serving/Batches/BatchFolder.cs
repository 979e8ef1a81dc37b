using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flyball.Engine.Identity;
using Flyball.Engine.Time;
using Flyball.Native.Posix;

namespace Flyball.Serving.Batches;

/// <summary>
/// What a scoring has done so far, beside the result it will be: <c>OUT.part</c>.
/// <list type="number">
/// <item><c>job.json</c> says what is scored by what; a scoring that is not the same does not go on here.</item>
/// <item>A part covers a fixed number of the input's rows. Its files are written and synced first, and then its mark, which makes it count.</item>
/// <item>After a crash the marks say where to go on; files without one are written again. Which rows a part covers, and so its bytes, follows from the
/// input alone.</item>
/// </list>
/// </summary>
internal sealed class BatchFolder
{
    private const string Job = "job.json";
    private const string Mine = "lock";

    private readonly string form;

    private BatchFolder(string path, string form, IReadOnlyList<BatchPart> parts) => (Path, this.form, Parts) = (path, form, [.. parts]);

    public string Path { get; }

    /// <summary>Those that count, in order.</summary>
    public List<BatchPart> Parts { get; }

    /// <summary>Opens what was begun, or begins.</summary>
    /// <param name="terms">Where, and whether what was begun goes on.</param>
    /// <param name="job">What is scored by what.</param>
    /// <exception cref="Engine.Problems.FlyballException">FLY5024: something was begun, and it is not to go on, is another scoring, or is damaged.</exception>
    public static BatchFolder Open(BatchTerms terms, JsonObject job)
    {
        var path = PathOf(terms);
        var extension = System.IO.Path.GetExtension(terms.Output);
        var file = System.IO.Path.Combine(path, Job);
        if (!File.Exists(file))
        {
            // A folder without it was never begun: nothing in it counts, and nothing but an attempt to write it may be there, for it is removed in the end.
            Directory.CreateDirectory(path);
            if (Directory.EnumerateFileSystemEntries(path).Any(e => !System.IO.Path.GetFileName(e).StartsWith(Job, StringComparison.Ordinal)))
            {
                throw BatchProblems.Foreign(path);
            }

            PosixFile.ReplaceFile(file, CanonicalJson.Write(job));
            PosixFile.SyncDirectory(System.IO.Path.GetDirectoryName(path)!);
            return new BatchFolder(path, extension, []);
        }

        if (!terms.Resumes)
        {
            throw BatchProblems.Begun(path);
        }

        if (Difference(file, job) is { } what)
        {
            throw BatchProblems.Other(path, what);
        }

        return new BatchFolder(path, extension, [.. Marks(path)]);
    }

    /// <summary>The instant that requests without one were given when the scoring was begun; null when it does not go on, or gave none.</summary>
    public static EventTime? BegunAt(BatchTerms terms)
    {
        var file = System.IO.Path.Combine(PathOf(terms), Job);
        return terms.Resumes && File.Exists(file) && Parse(file)?["at"] is { } at ? new EventTime(at.GetValue<long>()) : null;
    }

    /// <summary>Keeps others from the same scoring until it is disposed. It ends with the process, whatever that dies of.</summary>
    /// <exception cref="Engine.Problems.FlyballException">FLY5024: somebody is at it.</exception>
    public IDisposable Hold()
    {
        try
        {
            return new FileStream(System.IO.Path.Combine(Path, Mine), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            // Locked; or whoever was at it has finished meanwhile, and taken the folder away.
            throw BatchProblems.Busy(Path);
        }
    }

    /// <summary>The values that were found for the file's requests.</summary>
    public string ValuesFile => System.IO.Path.Combine(Path, "values.parquet");

    /// <summary>Makes the values durable.</summary>
    /// <returns>Their digest.</returns>
    public string SyncValues()
    {
        SyncFile(ValuesFile);
        PosixFile.SyncDirectory(Path);
        using var values = File.OpenRead(ValuesFile);
        return Digest.Of(values).Hex;
    }

    /// <summary>The file of a part's scores.</summary>
    public string ScoredFile(int part) => In("scored", part);

    /// <summary>The file of a part's reasons; there is none when all its rows are good.</summary>
    public string RejectedFile(int part) => In("rejected", part);

    /// <summary>Makes the files of the next part durable, and then its mark.</summary>
    public void Keep(BatchPart part)
    {
        var number = Parts.Count;
        SyncFile(ScoredFile(number));
        if (part.Rejected > 0)
        {
            SyncFile(RejectedFile(number));
        }

        PosixFile.SyncDirectory(Path);
        PosixFile.ReplaceFile(MarkOf(Path, number), JsonSerializer.SerializeToUtf8Bytes(part, ServingJson.Options));
        Parts.Add(part);
    }

    /// <summary>Puts the whole in its place.</summary>
    /// <param name="whole">A file in the folder.</param>
    /// <param name="target">Its place.</param>
    public static void Place(string whole, string target)
    {
        SyncFile(whole);
        PosixFile.Rename(whole, target);
        PosixFile.SyncDirectory(System.IO.Path.GetDirectoryName(target)!);
    }

    /// <summary>Removes what was done: the marks first, by their numbers, and what is scored by what last. Interrupted, it leaves a scoring that has just begun.</summary>
    public void Remove()
    {
        foreach (var file in Directory.GetFiles(Path).Where(f => System.IO.Path.GetFileName(f) != Job).Order(StringComparer.Ordinal))
        {
            File.Delete(file);
        }

        Directory.Delete(Path, recursive: true);
    }

    private static string MarkOf(string path, int part) => System.IO.Path.Combine(path, string.Create(CultureInfo.InvariantCulture, $"{part:d6}.json"));

    private static IEnumerable<BatchPart> Marks(string path)
    {
        for (var part = 0; MarkOf(path, part) is var mark && File.Exists(mark); part++)
        {
            yield return Read(mark);
        }
    }

    private static BatchPart Read(string mark)
    {
        try
        {
            return JsonSerializer.Deserialize<BatchPart>(File.ReadAllBytes(mark), ServingJson.Options) ?? throw BatchProblems.Damaged(mark);
        }
        catch (JsonException)
        {
            throw BatchProblems.Damaged(mark);
        }
    }

    private static string? Difference(string file, JsonObject job)
    {
        var begun = Parse(file);
        return job.Select(m => m.Key).FirstOrDefault(key => !JsonNode.DeepEquals(begun?[key], job[key]));
    }

    private static JsonObject? Parse(string file)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllBytes(file)) as JsonObject;
        }
        catch (JsonException)
        {
            throw BatchProblems.Damaged(file);
        }
    }

    private static string PathOf(BatchTerms terms) => System.IO.Path.GetFullPath(terms.Output) + ".part";

    private static void SyncFile(string path)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        PosixFile.Sync(file);
    }

    private string In(string what, int part) => System.IO.Path.Combine(Path, string.Create(CultureInfo.InvariantCulture, $"{what}-{part:d6}{form}"));
}
