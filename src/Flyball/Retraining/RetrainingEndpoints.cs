using Flyball.Access;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Monitoring;
using Flyball.Problems;
using Flyball.Registry;
using Flyball.Rollout;
using Flyball.Training;
using Flyball.Workspaces;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Flyball.Retraining;

/// <summary>Retraining's routes and services.</summary>
public static class RetrainingEndpoints
{
    public static IServiceCollection AddRetraining(this IServiceCollection services)
    {
        services.TryAddSingleton(s =>
        {
            var workspace = s.GetRequiredService<Workspace>();
            var plans = new RetrainPlans(s.GetRequiredService<ActiveProject>());
            return new RetrainJobs(
                new RetrainStore(workspace.Catalog, workspace.Time), plans.Current, s.GetRequiredService<Alerts>(), s.GetRequiredService<AuditTrail>(), Steps(s));
        });
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, RetrainingLoop>());
        return services;
    }

    public static IEndpointRouteBuilder MapRetraining(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/models/{model}/retrain", RequestAsync).RequirePermission(Permission.Build);
        routes.MapGet("/v1/retraining", (string? model, int? limit, RetrainJobs jobs) =>
            Results.Json(new { jobs = jobs.List(model, ListPage.Limit(limit, usual: 100)) }, RetrainingJson.Options)).RequirePermission(Permission.Read);
        return routes;
    }

    /// <summary>Accepted, not done: training takes as long as it takes, and the job says how far it is.</summary>
    private static async Task<IResult> RequestAsync(string model, RequestBody<NothingMore> _, HttpContext context, RetrainJobs jobs, TimeProvider time, CancellationToken cancellation)
    {
        var outcome = await jobs.RequestAsync(model, EventTime.From(time.GetUtcNow()), context.Caller(), cancellation);
        return outcome.Job is { } job
            ? Results.Json(job, RetrainingJson.Options, statusCode: StatusCodes.Status202Accepted)
            : ProblemResults.From(outcome.Problem!);
    }

    /// <summary>Body of a request: the model is all there is to say. Members are refused rather than passed over.</summary>
    private sealed record NothingMore;

    private static RetrainSteps Steps(IServiceProvider services)
    {
        var submissions = services.GetRequiredService<Submissions>();
        var registry = services.GetRequiredService<ModelRegistry>();
        var rollouts = services.GetRequiredService<Rollouts>();
        var runs = services.GetRequiredService<TrainingRuns>();
        var people = new DefinitionApprovals(registry, runId => RunIdentity.Definitions(runs.Find(runId)?.Identity));
        return new RetrainSteps(
            async (model, author, cancellation) =>
            {
                var made = await submissions.TrainAsync(new TrainingAsked(model), author, null, cancellation);
                return made.Outcome.Version ?? throw new FlyballException(made.Outcome.Problems[0]);
            },
            registry.Version,
            (version, approver, reason, cancellation) => registry.ApproveAsync(version.Model, version.Version, approver, reason, false, cancellation),
            (version, caller, cancellation) => rollouts.StartAsync(version.Model, version.Version, caller, cancellation),
            version => rollouts.All().FirstOrDefault(r => r.Model == version.Model && r.Version == version.Version),
            people.Of);
    }
}
