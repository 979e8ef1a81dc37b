using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Engine.Problems;
using Flyball.Features;
using Flyball.Monitoring.Measured;
using Flyball.Problems;
using Flyball.Registry;
using Flyball.Rollout;
using Flyball.Serving;
using Flyball.Serving.Logged;
using Flyball.Training;
using Flyball.Workspaces;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Flyball.Governance.Lineage;

/// <summary>The routes of features as a catalogue, and of lineage.</summary>
public static class LineageEndpoints
{
    public static IServiceCollection AddLineage(this IServiceCollection services)
    {
        services.TryAddSingleton(s =>
        {
            var (workspace, registry) = (s.GetRequiredService<Workspace>(), s.GetRequiredService<ModelRegistry>());
            return new FeatureLineage(
                s.GetRequiredService<ActiveProject>(),
                new LiveVersions(registry, new RolloutStore(workspace.Catalog, workspace.Time)),
                new FeatureUsage(registry, s.GetRequiredService<ServedCounts>()),
                s.GetRequiredService<FeatureFindings>(),
                s.GetRequiredService<PredictionSearch>());
        });
        services.TryAddSingleton(s =>
        {
            var (workspace, registry) = (s.GetRequiredService<Workspace>(), s.GetRequiredService<ModelRegistry>());
            return new VersionLineage(
                registry,
                s.GetRequiredService<TrainingRuns>(),
                s.GetRequiredService<ActiveProject>(),
                new LiveVersions(registry, new RolloutStore(workspace.Catalog, workspace.Time)),
                new FeatureUsage(registry, s.GetRequiredService<ServedCounts>()));
        });
        return services;
    }

    public static IEndpointRouteBuilder MapLineage(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/features", (FeatureLineage lineage, [FromServices] OnlineFeatures online, CancellationToken cancellation) => Results.Json(WithUsage(lineage.List(cancellation), online))).RequirePermission(Permission.Read)
            .WithName("ListFeatures").WithSummary("Every feature with its owner, checks, models and use").WithTags("features");
        routes.MapGet("/v1/features/{name}", (string name, FeatureLineage lineage, CancellationToken cancellation) =>
                lineage.Feature(name, cancellation) is { } found ? Results.Json(found) : Unknown("feature", name)).RequirePermission(Permission.Read)
            .WithName("GetFeature").WithSummary("One feature, its columns and all that depends on it").WithTags("features");
        routes.MapGet("/v1/lineage", ShowAsync).RequirePermission(Permission.Read)
            .WithName("GetLineage").WithSummary("From column to feature to version to prediction").WithTags("lineage");
        routes.MapGet("/v1/models/{model}/versions/{version:int}/lineage", (string model, int version, VersionLineage lineage, CancellationToken cancellation) =>
                lineage.Of(model, version, cancellation) is { } found ? Results.Json(found) : ProblemResults.From(ModelRegistry.Unknown(model, version)))
            .RequirePermission(Permission.Read)
            .WithName("GetVersionLineage").WithSummary("One version from its data to its predictions").WithTags("lineage");
        routes.MapGet("/v1/lineage/events", (long? from, int? limit, TrainingRuns runs) =>
                Results.Json(new JsonObject { ["events"] = new JsonArray([.. runs.Lineage.Read(Math.Max(0, from ?? 0), ListPage.Limit(limit, usual: 100)).Select(e => (JsonNode)e)]) }))
            .RequirePermission(Permission.Read)
            .WithName("ListLineageEvents").WithSummary("OpenLineage events of training runs").WithTags("lineage");
        return routes;
    }

    private static async Task<IResult> ShowAsync(string? feature, string? model, string? request, FeatureLineage lineage, CancellationToken cancellation)
    {
        if (new[] { feature, model, request }.Count(n => n is not null) != 1)
        {
            return ProblemResults.From(new Problem("FLY3002", "Name one feature, one model or one request.", new ProblemLocation(Field: "feature"), "Such as ?feature=view.name, ?model=name or ?request=id."));
        }

        return feature is not null ? lineage.Feature(feature, cancellation) is { } found ? Results.Json(found) : Unknown("feature", feature)
            : model is not null ? lineage.Model(model, cancellation) is { } known ? Results.Json(known) : Unknown("model", model)
            : await lineage.PredictionAsync(request!, cancellation) is { } prediction ? Results.Json(prediction) : Unknown("request", request!);
    }

    private static IResult Unknown(string kind, string name) => ProblemResults.From(new Problem(
        "FLY4004",
        kind == "request" ? "No logged prediction has this request id." : $"There is no {kind} of this name.",
        new ProblemLocation(Field: kind),
        kind == "feature" && !name.Contains('.', StringComparison.Ordinal) ? "Write it as view.feature; GET /v1/features lists them." : null));

    /// <summary>What the views of entities hold in memory, beside what they are.</summary>
    private static JsonObject WithUsage(JsonObject list, OnlineFeatures online)
    {
        foreach (var view in list["views"]!.AsArray())
        {
            if (online.Plans.EntityView((string)view!["view"]!) is { } plan)
            {
                view["online"] = FeaturesEndpoints.Usage(online, plan);
            }
        }

        return list;
    }
}
