using Flyball.Training.History;
using Flyball.Training.Tracking;
using Flyball.Training.Validation;
using Flyball.Workspaces;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Flyball.Training;

/// <summary>Training's routes and services. Training itself is started by the registry's route, which also registers the version.</summary>
public static class TrainingEndpoints
{
    public static IServiceCollection AddTraining(this IServiceCollection services)
    {
        services.TryAddSingleton(s => new RunNotes(s.GetRequiredService<TrackingStore>().Native, s.GetRequiredService<ILogger<RunNotes>>()));
        services.TryAddSingleton<TrainingRuns>();
        services.TryAddSingleton(new ExamOptions());
        services.TryAddSingleton<ModelValidation>();
        services.TryAddSingleton<RunListing>();
        services.TryAddSingleton<HistoryRuns>();
        services.TryAddSingleton(s => new TrackingStore(s.GetRequiredService<Workspace>()));
        return services;
    }

    public static IEndpointRouteBuilder MapTraining(this IEndpointRouteBuilder routes)
    {
        routes.MapRuns();
        routes.MapHistory();
        return routes;
    }
}
