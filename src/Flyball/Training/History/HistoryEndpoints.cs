using Flyball.Access;
using Flyball.Contracts.Ingestion;
using Flyball.Engine.Problems;
using Flyball.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Flyball.Training.History;

/// <summary>
/// <c>POST /v1/features/history</c>: a spine as the body, or none for a model's own requests; the answer names the result, which a second request
/// fetches. Callers name no path of the server.
/// </summary>
internal static class HistoryEndpoints
{
    private const long LargestSpine = 16L << 30;

    public static IEndpointRouteBuilder MapHistory(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/features/history", PostAsync).RequirePermission(Permission.Build)
            .WithName("PostFeatureHistory").WithSummary("Values of features at the instants of a spine").WithTags("features");
        routes.MapGet("/v1/features/history/{id}/result", (string id, HistoryRuns runs) => runs.ResultFile(id) is { } file
                ? Results.File(file, file.EndsWith(".csv", StringComparison.Ordinal) ? "text/csv" : "application/vnd.apache.parquet")
                : ProblemResults.From(new Problem("FLY4004", "There is no result of this id, or none any more.", new ProblemLocation(Field: "id"), "Ask the question again: the answer is the same.")))
            .RequirePermission(Permission.Build).WithName("GetFeatureHistory").WithSummary("The file of a history").WithTags("features");
        return routes;
    }

    private static async Task<IResult> PostAsync(HttpContext context, HistoryRuns runs, bool? progress)
    {
        var ct = context.RequestAborted;
        var request = Read(context.Request.Query, out var refused);
        if (request is null)
        {
            return ProblemResults.From(refused!);
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = LargestSpine;
        }

        string? spine = null;
        if (request.Model is null)
        {
            var (spool, problem) = await SpoolAsync(context, runs, ct);
            if (problem is not null)
            {
                return ProblemResults.From(problem);
            }

            spine = spool;
        }

        return progress == true
            ? await ProgressLines.AnswerAsync(context.Response, "history", tell => runs.RunAsync(request, spine, tell, ct), ct)
            : await AnswerAsync(runs, request, spine, ct);
    }

    private static HistoryRequest? Read(IQueryCollection query, out Problem? refused)
    {
        try
        {
            refused = null;
            return HistoryTerms.Read(query);
        }
        catch (FlyballException e)
        {
            refused = e.Problem;
            return null;
        }
    }

    private static async Task<IResult> AnswerAsync(HistoryRuns runs, HistoryRequest request, string? spine, CancellationToken ct)
    {
        try
        {
            return Results.Json(await runs.RunAsync(request, spine, null, ct));
        }
        catch (FlyballException e)
        {
            return ProblemResults.From(e.Problem);
        }
    }

    /// <summary>The body as a file that goes with the response, in case the run never took it.</summary>
    private static async Task<(string? Path, Problem? Problem)> SpoolAsync(HttpContext context, HistoryRuns runs, CancellationToken ct)
    {
        if (Ending(context.Request.ContentType) is not { } ending)
        {
            return (null, new Problem("FLY4015", "A spine comes as text/csv, text/tab-separated-values, application/x-ndjson or application/vnd.apache.parquet.", Remedy: "Set Content-Type."));
        }

        if (!PackedBody.TryReadEncoding(context.Request, out var isPacked))
        {
            return (null, new Problem("FLY4015", "Content-Encoding is gzip, or none.", Remedy: "Send the body as it is, or packed with gzip."));
        }

        var spool = new ImportSpool(runs.SpoolPath(context.TraceIdentifier.Replace(':', '-') + ending));
        context.Response.RegisterForDispose(spool);
        return (spool.Path, await spool.FillAsync(context.Request.Body, isPacked, context.Request.ContentLength, LargestSpine, ct));
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
}
