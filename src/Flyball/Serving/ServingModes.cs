using Flyball.Access;
using Flyball.Contracts;
using Flyball.Serving.Batches;
using Flyball.Serving.Deferred;
using Flyball.Serving.Streams;
using Flyball.Training;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Flyball.Serving;

/// <summary>What serving does beside answering at once: files, requests that are answered later, streams of events.</summary>
public static class ServingModes
{
    /// <summary>Adds the services of the modes; the loops run where the host's loops do.</summary>
    public static IServiceCollection AddServingModes(this IServiceCollection services)
    {
        services.TryAddSingleton(new DeferredOptions());
        services.TryAddSingleton<DeferredPredictions>();
        services.TryAddSingleton<DeferredWorker>();
        services.TryAddSingleton<DeferredEndpoint>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, DeferredLoop>());
        services.TryAddSingleton<StreamJournal>();
        services.TryAddSingleton(s => new StreamSource(s.GetRequiredService<ActiveProject>(), s.GetRequiredService<Predictor>(), s.GetRequiredService<EventLog>()));
        services.TryAddSingleton<PredictionStreams>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, StreamLoop>());
        return services;
    }

    /// <summary>Maps the routes of the modes; <c>mode=async</c> itself is a word of the route that predicts.</summary>
    public static IEndpointRouteBuilder MapServingModes(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/predictions/jobs/{id}", (string id, HttpContext context, [FromServices] DeferredEndpoint jobs) => jobs.Find(id, context)).RequirePermission(Permission.Predict)
            .WithName("GetPredictionJob").WithSummary("What became of a request with mode=async").WithTags("predictions");
        return routes.MapBatches().MapStreams();
    }
}
