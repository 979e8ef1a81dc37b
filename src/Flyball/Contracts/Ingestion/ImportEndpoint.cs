using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Problems;
using Flyball.Workspaces;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Flyball.Contracts.Ingestion;

/// <summary>
/// <c>POST /v1/imports/{source}</c>: a file of history as the body. It is spooled into the data directory first, so that memory stays
/// constant and a slow sender holds nothing up; then it goes through the gate batch by batch, and sending it again adds nothing.
/// </summary>
internal static class ImportEndpoint
{
    private const long LargestFile = 16L << 30;
    private const int ShownReasons = 100;

    public static async Task<IResult> PostAsync(string source, string? known_at, HttpContext context, EventLog log, Workspace workspace, CancellationToken ct)
    {
        if (log.Contracts.Find(source) is null)
        {
            return ProblemResults.From(new Problem("FLY4004", "There is no contract for this source.", new ProblemLocation(Field: "source"), "GET /v1/contracts lists the sources."));
        }

        if (known_at is not (null or "now" or "event_time"))
        {
            return ProblemResults.From(new Problem("FLY3002", "known_at is now or event_time.", new ProblemLocation(Field: "known_at")));
        }

        if (Ending(context.Request.ContentType) is not { } ending)
        {
            return ProblemResults.From(new Problem("FLY4015", "A file comes as text/csv, text/tab-separated-values or application/x-ndjson.", Remedy: "Set Content-Type."));
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = LargestFile;
        }

        Directory.CreateDirectory(workspace.Directory.Jobs);
        var spool = Path.Combine(workspace.Directory.Jobs, $"import-{context.TraceIdentifier.Replace(':', '-')}{ending}");
        try
        {
            await using (var file = File.Create(spool))
            {
                await context.Request.Body.CopyToAsync(file, ct);
            }

            var before = log.Applied;
            var policy = known_at == "event_time" ? KnownAtPolicy.EventTime : KnownAtPolicy.Assigned;
            var total = await EventImport.RunAsync(log, source, spool, policy, context.Caller(), null, ct);
            return Results.Json(Report(log, source, before, total));
        }
        finally
        {
            File.Delete(spool);
        }
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

    private static JsonObject Report(EventLog log, string source, Horizon before, ImportProgress total) => new()
    {
        ["received"] = total.Received,
        ["accepted"] = total.Accepted,
        ["quarantined"] = total.Quarantined,
        ["duplicates"] = total.Duplicates,
        ["reasons"] = new JsonArray([.. log.ReadQuarantine(source, before, ShownReasons).Select(row =>
            new IngestReport(1, 0, 1, 0, [new RowReason(row.Row, row.Problems)], default).ToJson()["reasons"]![0]!.DeepClone())]),
        ["horizon"] = log.Applied.Seq,
    };

    private static string? Ending(string? contentType) =>
        !MediaTypeHeaderValue.TryParse(contentType, out var type) ? null : type.MediaType.Value?.ToLowerInvariant() switch
        {
            "text/csv" => ".csv",
            "text/tab-separated-values" => ".tsv",
            "application/x-ndjson" or "application/jsonl" => ".ndjson",
            _ => null,
        };
}
