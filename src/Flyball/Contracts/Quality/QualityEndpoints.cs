using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Problems;
using Flyball.Storage.Audit;
using Flyball.Workspaces;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Flyball.Contracts.Quality;

/// <summary>The routes of findings and references.</summary>
internal static class QualityEndpoints
{
    public static void MapQuality(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/contracts/{source}/findings", GetFindings).RequirePermission(Permission.Read)
            .WithName("GetFindings").WithSummary("What rules and statistics said of the batches of a source").WithTags("contracts");
        routes.MapGet("/v1/contracts/{source}/reference", GetReference).RequirePermission(Permission.Read)
            .WithName("GetReference").WithSummary("What the batches of a source are compared with").WithTags("contracts");
        routes.MapPost("/v1/contracts/{source}/reference", PostReference).RequirePermission(Permission.Build)
            .WithName("FreezeReference").WithSummary("Freeze the rows that a source has now as its reference").WithTags("contracts");
    }

    private static IResult GetFindings(string source, EventLog log, long after = 0, int limit = 100) => SourceRoute.PageOf(source, log, ListPage.Check(limit, after), _ =>
    {
        var batches = log.Quality.ReadFindings(source, new Horizon(after), limit);
        return Results.Json(new JsonObject
        {
            ["source"] = source,
            ["total"] = log.Quality.CountOf(source),
            ["batches"] = new JsonArray([.. batches.Select(b => (JsonNode)b.ToJson())]),
            ["next"] = batches.Count == limit ? batches[^1].Seq : null,
        });
    });

    private static IResult GetReference(string source, EventLog log) => SourceRoute.Of(source, log, _ => log.Quality.ReferenceOf(source) is { } reference
        ? Results.Json(reference.Describe())
        : ProblemResults.From(new Problem(
            "FLY4004",
            "The source has no reference yet.",
            new ProblemLocation(Field: "source"),
            $"Import at least {SourceReference.FewestRows} rows, or POST here when as many events have come.")));

    private static async Task<IResult> PostReference(string source, HttpContext context, EventLog log, Workspace workspace, CancellationToken ct)
    {
        if (log.Contracts.Find(source) is not { } plan)
        {
            return ProblemResults.From(SourceRoute.Unknown(source, log));
        }

        var before = log.Quality.ReferenceOf(source);
        var (made, problem) = log.Quality.Measure(plan, log.Applied, ct);
        if (made is null)
        {
            return ProblemResults.From(problem!);
        }

        var caller = context.Caller();
        await workspace.Audit.AppendAsync(
            new AuditEntry(caller.Name, caller.AuthMethod, "contract.reference", "source", source)
            {
                ObjectVersion = plan.Version,
                Before = before?.Digest(),
                After = made.Digest(),
                Decision = AuditDecision.Allow,
                Details = new JsonObject { ["rows"] = made.AllRows, ["horizon"] = made.Horizon },
            },
            ct);
        await log.Quality.FreezeAsync(made, ct);
        return Results.Json(made.Describe());
    }
}
