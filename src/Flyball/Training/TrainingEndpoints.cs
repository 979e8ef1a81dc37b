using Flyball.Training.History;
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
        routes.MapRuns();
        routes.MapHistory();
        return routes;
    }
}
