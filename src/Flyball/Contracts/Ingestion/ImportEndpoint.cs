using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Contracts.Quality;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Problems;
using Flyball.Workspaces;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;

namespace Flyball.Contracts.Ingestion;

/// <summary>
/// <c>POST /v1/imports/{source}</c>: a file of history as the body. It is spooled into the data directory first; then it goes through the gate
/// batch by batch, and sending it again adds nothing.
/// </summary>
internal static class ImportEndpoint
{
    private const long LargestFile = 16L << 30;
    private const int ShownReasons = 100;

    /// <summary>Seconds after which a server that starts anew is usually there again.</summary>
    private const string SoonAgain = "5";

    private static readonly TimeSpan BetweenSteps = TimeSpan.FromMilliseconds(250);

    /// <param name="source">The source.</param>
    /// <param name="known_at"><c>now</c>, <c>event_time</c> or a column of the file.</param>
    /// <param name="progress">True answers with a line now and then, and the report or the problem as the last one.</param>
    /// <param name="context">The request.</param>
    /// <param name="log">The log.</param>
    /// <param name="workspace">Holds the spool.</param>
    /// <param name="door">Closed when the server is about to stop.</param>
    /// <param name="time">Paces the lines of progress; the system's where a host has none.</param>
    public static async Task<IResult> PostAsync(
        string source, string? known_at, bool? progress, HttpContext context, EventLog log, Workspace workspace, ImportDoor door, [FromServices] TimeProvider? time = null)
    {
        if (log.Contracts.Find(source) is null)
        {
            return ProblemResults.From(SourceRoute.Unknown(source, log));
        }

        if (Ending(context.Request.ContentType) is not { } ending)
        {
            return ProblemResults.From(new Problem(
                "FLY4015", "A file comes as text/csv, text/tab-separated-values, application/x-ndjson or application/vnd.apache.parquet.", Remedy: "Set Content-Type."));
        }

        if (!PackedBody.TryReadEncoding(context.Request, out var isPacked))
        {
            return ProblemResults.From(new Problem("FLY4015", "Content-Encoding is gzip, or none.", Remedy: "Send the body as it is, or packed with gzip."));
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = LargestFile;
        }

        using var pass = door.Enter(context.RequestAborted);
        if (pass is null)
        {
            return Refuse(ImportDoor.Refusal, null, context.Response);
        }

        var spool = new ImportSpool(Path.Combine(workspace.Directory.Jobs, $"import-{context.TraceIdentifier.Replace(':', '-')}{ending}"));
        context.Response.RegisterForDispose(spool);
        try
        {
            if (await spool.FillAsync(context.Request.Body, isPacked, context.Request.ContentLength, LargestFile, pass.Token) is { } refused)
            {
                return ProblemResults.From(refused);
            }
        }
        catch (OperationCanceledException) when (pass.IsAskedToLeave)
        {
            return Refuse(ImportDoor.Refusal, null, context.Response);
        }

        var import = new ImportRun(log, source, spool.Path, KnownAtPolicy.Parse(known_at), context.Caller());
        return progress == true ? await WithProgressAsync(import, pass, context, time ?? TimeProvider.System) : await import.RunAsync(pass) is { } problem
            ? Refuse(problem, import.Counts(), context.Response)
            : Results.Json(import.Report());
    }

    private static IResult Refuse(Problem problem, JsonObject? counts, HttpResponse response)
    {
        if (problem.Code == ImportDoor.Refusal.Code)
        {
            response.Headers.RetryAfter = SoonAgain;
        }

        return ProblemResults.From([problem], counts);
    }

    /// <summary>Removes files that a kill left behind: they hold rows as they were sent.</summary>
    public static void RemoveLeftovers(Workspace? workspace)
    {
        if (workspace is null || !Directory.Exists(workspace.Directory.Jobs))
        {
            return;
        }

        foreach (var file in Directory.GetFiles(workspace.Directory.Jobs, "import-*"))
        {
            File.Delete(file);
        }
    }

    private static async Task<IResult> WithProgressAsync(ImportRun import, ImportPass pass, HttpContext context, TimeProvider time)
    {
        var (response, ct) = (context.Response, context.RequestAborted);
        response.ContentType = "application/x-ndjson";
        var ended = import.RunAsync(pass);
        while (await Task.WhenAny(ended, Task.Delay(BetweenSteps, time, ct)) != ended)
        {
            await LineAsync(import.Counts());
        }

        await LineAsync(await ended is { } problem ? new JsonObject { ["problem"] = ProblemResults.Document([problem], import.Counts()) } : new JsonObject { ["report"] = import.Report() });
        return Results.Empty;

        async Task LineAsync(JsonObject line)
        {
            await response.WriteAsync(line.ToJsonString() + "\n", ct);
            await response.Body.FlushAsync(ct);
        }
    }

    private static string? Ending(string? contentType) =>
        !MediaTypeHeaderValue.TryParse(contentType, out var type) ? null : type.MediaType.Value?.ToLowerInvariant() switch
        {
            "text/csv" => ".csv",
            "text/tab-separated-values" => ".tsv",
            "application/x-ndjson" or "application/jsonl" => ".ndjson",
            "application/vnd.apache.parquet" => ".parquet",
            _ => null,
        };

    /// <summary>One import and what is known of it so far.</summary>
    private sealed class ImportRun(EventLog log, string source, string path, KnownAtPolicy knownAt, Caller caller)
    {
        private readonly Horizon before = log.Applied;
        private volatile StrongBox step = new(new ImportStep(new ImportProgress(0, 0, 0, 0), 0));

        /// <summary>Null when the whole file went through the gate.</summary>
        public async Task<Problem?> RunAsync(ImportPass pass)
        {
            try
            {
                var total = await EventImport.RunAsync(log, source, path, knownAt, caller, s => step = new(s), pass.Token);
                step = new(new ImportStep(total, 1));
                return null;
            }
            catch (OperationCanceledException) when (pass.IsAskedToLeave)
            {
                return ImportDoor.Refusal;
            }
            catch (FlyballException e)
            {
                // What the spool is called says nothing to the sender.
                return e.Problem.Where is { File: not null } place ? e.Problem with { Where = place with { File = null } } : e.Problem;
            }
        }

        /// <summary>What is durable so far.</summary>
        public JsonObject Counts() => new()
        {
            ["received"] = step.Value.Total.Received,
            ["accepted"] = step.Value.Total.Accepted,
            ["quarantined"] = step.Value.Total.Quarantined + step.Value.Total.Held,
            ["duplicates"] = step.Value.Total.Duplicates,
            ["share"] = Math.Round(step.Value.Share, 4),
        };

        public JsonObject Report()
        {
            var report = Counts();
            report.Remove("share");
            if (step.Value.Total.Held > 0)
            {
                report["held"] = step.Value.Total.Held;
            }

            if (step.Value.Total.Batch is { } batch)
            {
                report["batch"] = batch;
            }

            report["findings"] = FindingJson.Write(step.Value.Total.Findings);
            var shown = step.Value.Total.Quarantined == 0 ? [] : log.ReadQuarantine(source, before, ShownReasons);
            report["reasons"] = new JsonArray([.. shown.Select(row =>
                new IngestReport(1, 0, 1, 0, [new RowReason(row.Row, row.Problems)], default).ToJson()["reasons"]![0]!.DeepClone())]);
            report["horizon"] = log.Applied.Seq;
            return report;
        }

        private sealed record StrongBox(ImportStep Value);
    }
}
