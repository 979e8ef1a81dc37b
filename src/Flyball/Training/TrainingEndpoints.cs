using System.Text.Json;
using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Engine.Problems;
using Flyball.Problems;
using Flyball.Training.History;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Flyball.Training;

/// <summary>Training's routes and services. Training itself is started by the registry's route, which also registers the version.</summary>
public static class TrainingEndpoints
{
    public static IServiceCollection AddTraining(this IServiceCollection services)
    {
        services.TryAddSingleton<TrainingRuns>();
        services.TryAddSingleton<HistoryRuns>();
        return services;
    }

    public static IEndpointRouteBuilder MapTraining(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/runs", (TrainingRuns runs, string? model, int? limit) =>
            Results.Json(new { runs = runs.List(model, ListPage.Limit(limit, usual: 50)).Select(Document) }, TrainingJson.Options)).RequirePermission(Permission.Read);
        routes.MapGet("/v1/runs/{runId}", (TrainingRuns runs, string runId) => runs.Find(runId) is { } run
            ? Results.Json(Document(run), TrainingJson.Options)
            : ProblemResults.From(new Problem("FLY4004", "There is no such run.", new ProblemLocation(Field: "run_id")))).RequirePermission(Permission.Read);
        routes.MapGet("/v1/runs/{runId}/split", (TrainingRuns runs, string runId, string? part) => runs.RowsOf(runId, part ?? "test") is { } rows
                ? Results.Json(new { part = part ?? "test", rows = rows.Length, seq = rows }, TrainingJson.Options)
                : ProblemResults.From(new Problem("FLY4004", "There is no such run, it kept no split, or the part is none of train, validation and test.", new ProblemLocation(Field: "run_id"))))
            .RequirePermission(Permission.Read).WithName("GetRunSplit").WithSummary("The rows of a part of a run's split").WithTags("runs");
        routes.MapPost("/v1/runs/{runId}/reproduce", async (TrainingRuns runs, string runId, CancellationToken cancellation) =>
            Results.Json(await runs.ReproduceAsync(runId, null, cancellation), TrainingJson.Options)).RequirePermission(Permission.Build);
        routes.MapHistory();
        return routes;
    }

    /// <summary>A run as answers show it: the result as JSON, not as text.</summary>
    public static JsonObject Document(TrainingRun run)
    {
        var document = (JsonObject)JsonSerializer.SerializeToNode(run, TrainingJson.Options)!;
        document["result"] = run.Result is null ? null : JsonNode.Parse(run.Result);
        return document;
    }
}
