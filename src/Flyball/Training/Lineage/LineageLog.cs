using System.Globalization;
using System.Text.Json.Nodes;
using Flyball.Engine.Identity;
using Flyball.Engine.Time;
using Flyball.Features;
using Flyball.Native.Posix;
using Flyball.Storage.Lakes;
using Flyball.Workspaces;

namespace Flyball.Training.Lineage;

/// <summary>
/// The lineage of training runs: one OpenLineage event a line (NDJSON) in <c>lineage/events.ndjson</c> of the data directory, for any tool that reads
/// such files. A line is durable before a run goes on; a line cut short by a crash is taken off at the next start. Thread-safe.
/// </summary>
public sealed class LineageLog
{
    private readonly Lock writing = new();
    private readonly Workspace workspace;
    private readonly string file;
    private long lines = -1;

    public LineageLog(Workspace workspace)
    {
        this.workspace = workspace;
        file = Path.Combine(workspace.Directory.Root, "lineage", "events.ndjson");
    }

    /// <summary>Events from an ordinal on, oldest first. Cost: reads the file up to the last of them.</summary>
    /// <param name="from">0 is the first.</param>
    public IReadOnlyList<JsonObject> Read(long from, int limit)
    {
        lock (writing)
        {
            Open();
            return [.. Lines().Skip((int)Math.Min(int.MaxValue, from)).Take(limit).Select(Parse)];
        }
    }

    /// <summary>Says that a run begins.</summary>
    /// <returns>The id of this attempt: what its end is said under.</returns>
    internal Guid Start(string runId, ProjectPlan plan, ModelPlan model, IReadOnlyList<LakeManifest> tables)
    {
        lock (writing)
        {
            Open();
            var attempt = LineageEvents.AttemptOf(runId, string.Create(CultureInfo.InvariantCulture, $"{Now()} {lines}"));
            var project = plan.Folder.Definition.Name;
            Append(LineageEvents.Bare("START", Now(), attempt, project, model.Name)
                .WithInputs(project, plan, tables)
                .WithModel(project, model, FeatureCatalogue.Of(plan.Features), null));
            return attempt;
        }
    }

    /// <summary>Says that a run made a bundle.</summary>
    internal void Complete(Guid attempt, ProjectPlan plan, ModelPlan model, IReadOnlyList<LakeManifest> tables, string? bundle)
    {
        var project = plan.Folder.Definition.Name;
        var lineage = LineageEvents.Bare("COMPLETE", Now(), attempt, project, model.Name)
            .WithInputs(project, plan, tables)
            .WithModel(project, model, FeatureCatalogue.Of(plan.Features), bundle);
        lock (writing)
        {
            Append(lineage);
        }
    }

    /// <summary>Says that a run ended without a bundle.</summary>
    internal void Fail(Guid attempt, ProjectPlan plan, string model, string error)
    {
        lock (writing)
        {
            Append(LineageEvents.Bare("FAIL", Now(), attempt, plan.Folder.Definition.Name, model).WithError(error));
        }
    }

    /// <summary>Ends what a process that is gone began: every START has one end.</summary>
    internal void Recover()
    {
        lock (writing)
        {
            Open();
            var open = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
            foreach (var lineage in Lines().Select(Parse))
            {
                var run = (string)lineage["run"]!["runId"]!;
                if ((string)lineage["eventType"]! == "START")
                {
                    open[run] = lineage;
                }
                else
                {
                    open.Remove(run);
                }
            }

            foreach (var begun in open.Values)
            {
                var ended = (JsonObject)begun.DeepClone();
                (ended["eventType"], ended["eventTime"], ended["outputs"]) = ("ABORT", Now(), new JsonArray());
                Append(ended);
            }
        }
    }

    private IEnumerable<string> Lines() => File.Exists(file) ? File.ReadLines(file) : [];

    private static JsonObject Parse(string line) => (JsonObject)JsonNode.Parse(line)!;

    /// <summary>Counts what is there, and takes off a last line without its end.</summary>
    private void Open()
    {
        if (lines >= 0)
        {
            return;
        }

        PosixFile.CreateDirectory(Path.GetDirectoryName(file)!);
        if (File.Exists(file))
        {
            var bytes = File.ReadAllBytes(file);
            var end = bytes.AsSpan().LastIndexOf((byte)'\n') + 1;
            if (end < bytes.Length)
            {
                PosixFile.ReplaceFile(file, bytes.AsSpan(0, end));
            }
        }

        lines = Lines().LongCount();
    }

    private void Append(JsonObject lineage)
    {
        Open();
        var isNew = !File.Exists(file);
        using (var stream = new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.Read))
        {
            // Canonical: the same event is the same line.
            stream.Write([.. CanonicalJson.Write(lineage), (byte)'\n']);
            stream.Flush();
            PosixFile.DataSync(stream.SafeFileHandle);
        }

        if (isNew)
        {
            PosixFile.SyncDirectory(Path.GetDirectoryName(file)!);
        }

        lines++;
    }

    private string Now() => EventTime.From(workspace.Time.GetUtcNow()).ToString();
}
