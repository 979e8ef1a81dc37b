using System.Text.Json;
using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Engine.Problems;
using Flyball.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Flyball.Training;

/// <summary>What was trained: list and search, one run with its steps, its log, the difference of several, and making one again.</summary>
public static class RunEndpoints
{
    private const int MostCompared = 20;

    private static readonly string[] States = [RunStates.Running, RunStates.Succeeded, RunStates.Failed, RunStates.Interrupted];

    internal static IEndpointRouteBuilder MapRuns(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/runs", List).RequirePermission(Permission.Read).WithName("ListRuns").WithSummary("Training runs, newest first or as searched for").WithTags("runs");
        routes.MapGet("/v1/runs/compare", CompareAll).RequirePermission(Permission.Read).WithName("CompareSeveralRuns").WithSummary("What several runs differ in").WithTags("runs");
        routes.MapGet("/v1/runs/{runId}", Show).RequirePermission(Permission.Read).WithName("GetRun").WithSummary("One run with its steps").WithTags("runs");
        routes.MapGet("/v1/runs/{runId}/log", Log).RequirePermission(Permission.Read).WithName("GetRunLog").WithSummary("What the steps of a run said").WithTags("runs");
        routes.MapGet("/v1/runs/{runId}/compare/{other}", Compare).RequirePermission(Permission.Read).WithName("CompareRuns").WithSummary("What two runs differ in").WithTags("runs");
        routes.MapGet("/v1/runs/{runId}/split", Split).RequirePermission(Permission.Read).WithName("GetRunSplit").WithSummary("The rows of a part of a run's split").WithTags("runs");
        routes.MapPost("/v1/runs/{runId}/reproduce", async (TrainingRuns runs, string runId, HttpContext context, CancellationToken cancellation) =>
            Results.Json(await runs.ReproduceAsync(runId, context.Caller(), null, cancellation), TrainingJson.Options))
            .RequirePermission(Permission.Build).WithName("ReproduceRun").WithSummary("Train a run again and compare").WithTags("runs");
        return routes;
    }

    /// <summary>A run as answers show it: what is JSON in the catalog as JSON.</summary>
    public static JsonObject Document(TrainingRun run)
    {
        var document = (JsonObject)JsonSerializer.SerializeToNode(run, TrainingJson.Options)!;
        document["result"] = Parse(run.Result);
        document["source"] = Parse(run.Source);
        document.Remove("identity");
        return document;
    }

    /// <summary>With a filter, an order or a page token the notes of runs are searched; without, every run of the catalog is listed.</summary>
    private static IResult List(
        TrainingRuns runs, RunListing listing, string? model, string? state, string? filter, [FromQuery(Name = "order_by")] string[]? orderBy, int? limit, [FromQuery(Name = "page_token")] string? pageToken)
    {
        if (state is not null && !States.Contains(state))
        {
            return ProblemResults.From(new Problem("FLY3360", $"'{state}' is no state of a run.", new ProblemLocation(Field: "state"), $"Use {string.Join(", ", States)}."));
        }

        var most = ListPage.Limit(limit, usual: 50);
        if (filter is null && pageToken is null && orderBy is null or [])
        {
            return Results.Json(new { runs = runs.List(model, most, state).Select(Document) }, TrainingJson.Options);
        }

        var (found, next) = listing.Find(new RunListingSearch(model, state, filter, orderBy ?? [], most, pageToken));
        return Results.Json(new { runs = found.Select(Document), next_page_token = next }, TrainingJson.Options);
    }

    private static IResult Show(TrainingRuns runs, string runId) => Answer(runs, runId, run =>
    {
        var document = Document(run);
        document["identity"] = Parse(run.Identity);
        document["reproductions"] = JsonSerializer.SerializeToNode(runs.Reproductions(run.RunId).Select(r => new { r.Actor, r.MadeAt, r.Again, r.Identical }), TrainingJson.Options);
        document["steps"] = JsonSerializer.SerializeToNode(runs.Steps(run.RunId).Select(s => s with { Log = [] }), TrainingJson.Options);
        return document;
    });

    private static IResult Log(TrainingRuns runs, string runId, string? step) => Answer(runs, runId, run => new JsonObject
    {
        ["run_id"] = run.RunId,
        ["state"] = run.State,
        ["error"] = run.Error,
        ["steps"] = JsonSerializer.SerializeToNode(
            runs.Steps(run.RunId).Where(s => step is null || s.Step == step).Select(s => new { s.Attempt, s.Step, s.State, s.StartedAt, s.Seconds, s.Detail, s.Log }), TrainingJson.Options),
    });

    private static IResult Compare(TrainingRuns runs, string runId, string other) =>
        Answer(runs, runId, one => runs.Find(other) is { } two ? RunComparison.Of([one, two]) : null);

    private static IResult CompareAll(TrainingRuns runs, string[] run)
    {
        if (run.Length is < 2 or > MostCompared)
        {
            return ProblemResults.From(new Problem("FLY3375", $"{run.Length} runs are no comparison.", new ProblemLocation(Field: "run"), $"Name 2 to {MostCompared} runs: run=ID&run=ID."));
        }

        var found = new List<TrainingRun>();
        foreach (var id in run)
        {
            if (runs.Find(id) is not { } one)
            {
                return ProblemResults.From(new Problem("FLY4004", $"There is no run {(id.Length <= 64 ? id : id[..64])}.", new ProblemLocation(Field: "run"), "GET /v1/runs lists them."));
            }

            found.Add(one);
        }

        return Results.Json(RunComparison.Of(found), TrainingJson.Options);
    }

    private static IResult Split(TrainingRuns runs, string runId, string? part) => runs.RowsOf(runId, part ?? "test") is { } rows
        ? Results.Json(new { part = part ?? "test", rows = rows.Length, seq = rows }, TrainingJson.Options)
        : ProblemResults.From(new Problem("FLY4004", "There is no such run, it kept no split, or the part is none of train, validation and test.", new ProblemLocation(Field: "run_id")));

    private static IResult Answer(TrainingRuns runs, string runId, Func<TrainingRun, JsonObject?> document) =>
        runs.Find(runId) is { } run && document(run) is { } found
            ? Results.Json(found, TrainingJson.Options)
            : ProblemResults.From(new Problem("FLY4004", "There is no such run.", new ProblemLocation(Field: "run_id"), "GET /v1/runs lists them."));

    private static JsonNode? Parse(string? json) => json is null ? null : JsonNode.Parse(json);
}
