using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;
using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;

namespace Flyball.Serving.Batches;

/// <summary>One scoring of one file, begun and not finished. Used once, by one caller at a time.</summary>
public sealed class BatchWork
{
    private const string History = "history";
    private const string Defaults = "defaults";

    private readonly BatchJob job;
    private readonly ScoreColumns columns;
    private readonly RequestPolicy requests;
    private readonly EventTime? at;
    private readonly BatchFolder folder;
    private readonly Digest input;
    private readonly (long Bytes, DateTime Written) state;
    private BatchFound? found;

    private BatchWork(BatchJob job, ScoreColumns columns, RequestPolicy requests, EventTime? at)
    {
        (this.job, this.columns, this.requests, this.at) = (job, columns, requests, at);
        state = StateOf(job.Terms.Input);
        input = DigestOf(job.Terms.Input);
        folder = BatchFolder.Open(job.Terms, Describe());
        found = job.LooksUp ? BatchFound.Read(folder, job.Terms) : null;
    }

    /// <summary>Whether somebody has to be asked for the values of features first.</summary>
    public bool NeedsHistory => job.LooksUp && found is null;

    internal static BatchWork Open(BatchJob job, ScoreColumns columns, RequestPolicy requests, EventTime? at) => new(job, columns, requests, at);

    /// <summary>Asks for the values of features, where they are not there from an interrupted run. Cost: one pass over the file, and what the answer costs.</summary>
    /// <param name="history">Who has the events.</param>
    /// <param name="cancellation">Gives up; what was begun can go on.</param>
    /// <exception cref="FlyballException">The history is refused. FLY3004: the file is damaged.</exception>
    public async Task FindAsync(IBatchHistory history, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(history);
        if (!NeedsHistory)
        {
            return;
        }

        using var alone = folder.Hold();
        try
        {
            var spine = Path.Combine(folder.Path, "spine.parquet");
            WriteSpine(spine, cancellation);
            string[] views = [.. job.Version.Vector.EntityViews.Select(v => v.Name).Distinct(StringComparer.Ordinal)];
            var horizon = await history.FindAsync(new BatchQuestion(spine, views, job.Terms.Horizon, job.Terms.AllowsEmpty, folder.ValuesFile), cancellation);
            found = BatchFound.Keep(folder, horizon);
            File.Delete(spine);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Nothing is scored without them, so there is nothing to go on with.
            folder.Remove();
            throw;
        }
    }

    /// <summary>Scores what is not scored yet, and puts the result in its place.</summary>
    /// <param name="progress">Told after each batch, on one of several threads, one at a time.</param>
    /// <param name="cancellation">Stops between batches; what a checkpoint covers stays.</param>
    /// <exception cref="FlyballException">FLY5022: values of features are needed first. FLY5023, FLY5024, FLY5028: it cannot be scored so. FLY3004: the input is damaged.</exception>
    /// <exception cref="IOException">The disk refuses.</exception>
    public BatchResult Run(Action<BatchStep>? progress, CancellationToken cancellation)
    {
        if (NeedsHistory)
        {
            if (folder.Parts.Count == 0)
            {
                folder.Remove();
            }

            throw BatchProblems.LooksUp(job.Version.Model, job.Version.Vector.LookedUp[0]);
        }

        using var alone = folder.Hold();
        var skipped = folder.Parts.Sum(p => p.Rows);
        using (var table = new BatchTable(job.Version, columns, folder.Path))
        {
            try
            {
                Score(table, skipped, progress, cancellation);
            }
            catch (FlyballException e) when (e.Problem.Code == "FLY5023")
            {
                folder.Remove();
                throw;
            }

            if (StateOf(job.Terms.Input) != state)
            {
                // Its parts are of neither the file that was nor the one that is.
                folder.Remove();
                throw BatchProblems.Changed(job.Terms.Input);
            }

            new BatchAssembly(job.Terms, folder, table).Run();
        }

        folder.Remove();
        return ResultOf(skipped);
    }

    private void Score(BatchTable table, long skipped, Action<BatchStep>? progress, CancellationToken cancellation)
    {
        using var reader = BatchReader.Open(job.Version, requests, job.Terms.Input);
        using var values = found is null ? null : FoundValues.Open(job.Version.Vector, folder.ValuesFile, skipped);
        reader.Skip(skipped, cancellation);
        new BatchPipeline(job, new BatchKeeper(job, folder, table, progress)).Run(new BatchSource(reader, values), cancellation);
    }

    private void WriteSpine(string path, CancellationToken cancellation)
    {
        using var reader = BatchReader.Open(job.Version, requests, job.Terms.Input);
        using var spine = new SpineParts(job.Version, folder.Path);
        var row = new Value[job.Version.Vector.RequestWidth];
        while (reader.TryRead(row))
        {
            if (reader.Place % 8_192 == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            if (!reader.IsBad)
            {
                spine.Add(reader.Place, row, at ?? default, reader.KnownAt);
            }
            else if (job.Terms.IsStrict)
            {
                throw BatchProblems.Strict(Path.GetFileName(job.Terms.Input), reader.Rejected());
            }
        }

        spine.Write(path);
    }

    private BatchResult ResultOf(long skipped)
    {
        var (rows, rejected) = (folder.Parts.Sum(p => p.Rows), folder.Parts.Sum(p => p.Rejected));
        using var process = Process.GetCurrentProcess();
        return new BatchResult(
            rows, rows - rejected, rejected, skipped, DigestOf(job.Terms.Output).Hex, input.Hex, rejected > 0 ? BatchAssembly.RejectedName(job.Terms.Output) : null, process.PeakWorkingSet64)
        {
            Horizon = found?.Horizon,
            At = at,
            Features = found is not null ? History : job.Standing is not null ? Defaults : null,
            Defaulted = folder.Parts.Aggregate<BatchPart, SortedDictionary<string, long>?>(null, (sum, part) => BatchKeeper.Sum(sum, part.Defaulted)) ?? [],
            Ignored = folder.Parts.Sum(p => p.Ignored),
        };
    }

    /// <summary>Everything that decides the bytes of the parts, but the horizon where it is not stated: what was found says it.</summary>
    private JsonObject Describe()
    {
        var (version, terms, answer) = (job.Version, job.Terms, job.Serve.Answer);
        return new()
        {
            ["format"] = 2,
            ["input"] = input.Hex,
            ["model"] = version.Model,
            ["version"] = version.Version,
            ["digest"] = version.Digest.Hex,
            ["features"] = version.Vector.Digest.Hex,
            ["contract"] = version.Vector.Request.Digest.Hex,
            ["columns"] = new JsonArray([.. columns.Fields.Select(f => (JsonNode)f.Name)]),
            ["batch"] = terms.BatchRows,
            ["part"] = terms.PartRows,
            ["requests"] = new JsonArray([.. requests.Stands.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => (JsonNode)$"{s.Key}={s.Value}"), requests.IgnoresUnknown ? "ignore" : "refuse"]),
            ["answer"] = string.Create(CultureInfo.InvariantCulture, $"{answer.Minimum:R}..{answer.Maximum:R}"),
            ["at"] = at?.Micros,
            ["horizon"] = terms.Horizon,
            ["default_features"] = job.Standing is { } standing ? string.Join(',', standing) : null,
        };
    }

    /// <summary>What changes when a file is written or another takes its place.</summary>
    private static (long Bytes, DateTime Written) StateOf(string path)
    {
        var file = new FileInfo(path);
        return (file.Length, file.LastWriteTimeUtc);
    }

    private static Digest DigestOf(string path)
    {
        using var file = File.OpenRead(path);
        return Digest.Of(file);
    }
}
