using Flyball.Access;
using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Problems;
using Flyball.Projects;
using Flyball.Registry;
using Flyball.Serving;
using Flyball.Training;
using Flyball.Training.Bundles;
using Flyball.Training.Validation;
using Flyball.Workspaces;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Flyball.Rollout;

/// <summary>The rollout's routes and services.</summary>
public static class RolloutEndpoints
{
    public static IServiceCollection AddRollout(this IServiceCollection services)
    {
        services.TryAddSingleton(new RolloutOptions());
        services.TryAddSingleton<IBundleSource, RegistryBundles>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IVersionUses, TrafficUses>(s => new TrafficUses(s.GetRequiredService<Workspace>().Catalog, s.GetRequiredService<Workspace>().Time)));
        services.TryAddSingleton(s =>
        {
            var workspace = s.GetRequiredService<Workspace>();
            var registry = s.GetRequiredService<ModelRegistry>();
            var project = s.GetRequiredService<ActiveProject>();
            var versions = new LoadedVersions(LoadAsync, v => v.Scorer.Dispose(), workspace.Time)
            {
                StandIn = (v, missing) => project.Current.Models.TryGetValue(v.Model, out var model) ? VersionLoader.StandIn(model, v.Digest, v.Version, missing) : null,
            };
            return new Deployments(workspace.Catalog, registry, s.GetRequiredService<TrafficPlans>(), s.GetRequiredService<AuditTrail>(), versions, workspace.Time);

            async Task<ServedVersion> LoadAsync(ModelVersion v, CancellationToken cancellation) =>
                VersionLoader.Load(await AdmittedAsync(registry, v, cancellation), v.Version, project.Current);
        });
        services.TryAddSingleton(s =>
        {
            var project = s.GetRequiredService<ActiveProject>();
            return new Rollouts(s.GetRequiredService<Deployments>(), s.GetRequiredService<Workspace>().Predictions, model => DefinitionOf(project.Current, model));
        });
        services.TryAddEnumerable(ServiceDescriptor.Singleton<Microsoft.Extensions.Hosting.IHostedService, RolloutLoop>());
        return services;
    }

    /// <summary>A bundle that came from elsewhere, or whose model did, has been examined when it was registered; one of an earlier program is now, once.</summary>
    private static async Task<ModelBundle> AdmittedAsync(ModelRegistry registry, ModelVersion version, CancellationToken cancellation)
    {
        var bundle = registry.ReadBundle(version.Digest);
        if (registry.Validation is { } validation && (ModelValidation.IsForeign(bundle.Manifest) || validation.Find(bundle.Digest) is not null))
        {
            await validation.RequireAsync(bundle, cancellation);
        }

        return bundle;
    }

    public static IEndpointRouteBuilder MapRollout(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/models/{model}/deploy", DeployAsync).RequirePermission(Permission.Operate);
        routes.MapPost("/v1/models/{model}/rollouts", StartAsync).RequirePermission(Permission.Operate);
        routes.MapPost("/v1/models/{model}/rollback", RollbackAsync).RequirePermission(Permission.Operate);
        routes.MapAliases();
        routes.MapGet("/v1/rollouts", All).RequirePermission(Permission.Read);
        routes.MapGet("/v1/rollouts/{id}", OneAsync).RequirePermission(Permission.Read);
        routes.MapPost("/v1/rollouts/{id}/evaluate", EvaluateAsync).RequirePermission(Permission.Operate);
        routes.MapPost("/v1/rollouts/{id}/abort", AbortAsync).RequirePermission(Permission.Operate);
        return routes;
    }

    private static async Task<IResult> DeployAsync(string model, RequestBody<VersionChoice> choice, HttpContext context, Deployments deployments, CancellationToken cancellation) =>
        Answer(await deployments.DeployAsync(model, choice.Required.Version, context.Caller(), cancellation));

    private static async Task<IResult> StartAsync(string model, RequestBody<VersionChoice> choice, HttpContext context, Rollouts rollouts, CancellationToken cancellation) =>
        Answer(await rollouts.StartAsync(model, choice.Required.Version, context.Caller(), cancellation));

    private static async Task<IResult> RollbackAsync(string model, RequestBody<Rollback> rollback, HttpContext context, Deployments deployments, CancellationToken cancellation)
    {
        var body = rollback.Required;
        var way = new WayBack(body.To, AliasEndpoints.Expected(context, body.Expected), VersionEndpoints.Key(context));
        return Answer(await deployments.RollbackAsync(model, way, body.Reason, context.Caller(), cancellation));
    }

    private static IResult All(Rollouts rollouts) => Json(new { rollouts = rollouts.All().Select(RolloutDocument.Of) });

    private static async Task<IResult> OneAsync(string id, Rollouts rollouts, CancellationToken cancellation) => await rollouts.StatusAsync(id, cancellation) is { } status
        ? Json(RolloutDocument.Of(status) with { Events = rollouts.Events(id) })
        : ProblemResults.From(new Problem("FLY4004", $"There is no rollout {id}.", Remedy: "GET /v1/rollouts lists them."));

    private static async Task<IResult> EvaluateAsync(string id, Rollouts rollouts, CancellationToken cancellation) =>
        Answer(await rollouts.EvaluateAsync(id, cancellation));

    private static async Task<IResult> AbortAsync(string id, RequestBody<StatedReason> stated, HttpContext context, Rollouts rollouts, CancellationToken cancellation) =>
        Answer(await rollouts.AbortAsync(id, stated.Required.Reason, context.Caller(), cancellation));

    private static RolloutDefinition DefinitionOf(ProjectPlan project, string model)
    {
        if (!project.Models.TryGetValue(model, out var plan))
        {
            return RolloutDefinition.Default;
        }

        var problems = new ProblemList();
        var definition = RolloutDefinition.Read(plan, problems);
        return problems.Count == 0 ? definition : throw new FlyballException(problems[0]);
    }

    private static IResult Answer(VersionOutcome outcome) => outcome.Ok ? Json(outcome.Version) : ProblemResults.From(outcome.Problems);

    private static IResult Answer(RolloutOutcome outcome) => outcome.Ok ? Json(RolloutDocument.Of(outcome.Status)) : ProblemResults.From(outcome.Problems);

    private static IResult Json(object? body) => Results.Json(body, RegistryJson.Options);

    /// <summary>Body of a deployment or a start.</summary>
    private sealed record VersionChoice(int Version);

    /// <summary>Body of a rollback.</summary>
    /// <param name="To">An earlier champion; the one before when it is left out.</param>
    /// <param name="Expected">The present champion, as If-Match.</param>
    private sealed record Rollback(string? Reason = null, int? To = null, int? Expected = null);

    /// <summary>Body of an abort.</summary>
    private sealed record StatedReason(string? Reason = null);

    private sealed class RegistryBundles(ModelRegistry registry) : IBundleSource
    {
        public ModelBundle Read(Digest digest) => registry.ReadBundle(digest);
    }
}
