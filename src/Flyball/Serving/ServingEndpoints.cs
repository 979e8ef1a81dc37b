using Flyball.Access;
using Flyball.Registry;
using Flyball.Serving.Admission;
using Flyball.Serving.Deferred;
using Flyball.Serving.Logged;
using Flyball.Serving.Parity;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Flyball.Serving;

/// <summary>Serving's routes and services.</summary>
public static class ServingEndpoints
{
    public static IServiceCollection AddServing(this IServiceCollection services)
    {
        services.TryAddSingleton<TrafficPlans>();
        services.TryAddSingleton<Predictor>();
        services.TryAddSingleton<ModelAdmission>();
        services.TryAddSingleton<PredictionDesk>();
        services.TryAddSingleton<PredictEndpoint>();
        services.TryAddSingleton<Reproduction>();
        services.TryAddSingleton<FeatureParity>();
        services.TryAddSingleton<ServedCounts>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IVersionUses, ServedUses>());
        return services.AddLogged();
    }

    public static IEndpointRouteBuilder MapServing(this IEndpointRouteBuilder routes)
    {
        var predict = routes.ServiceProvider.GetRequiredService<PredictEndpoint>();
        routes.MapPost("/v1/models/{model}/predict", context => DeferredEndpoint.IsAsked(context) ? DeferAsync(context) : predict.HandleAsync(context)).RequirePermission(Permission.Predict);
        routes.MapGet("/v1/models/{model}/openapi.json", Describe).RequirePermission(Permission.Read)
            .WithName("ModelDescription").WithSummary("The model's requests and answers as OpenAPI 3.1").WithTags("predictions");
        routes.MapGet("/v1/predictions/{requestId}/reproduce", ReproduceAsync).RequirePermission(Permission.Read);
        routes.MapPost("/v1/models/{model}/reproduce", SampleAsync).RequirePermission(Permission.Read)
            .WithName("ReproduceSample").WithSummary("A sample of logged predictions, made again bit for bit").WithTags("predictions");
        return routes.MapLogged().MapParity();
    }

    /// <summary>A host without the modes takes no request for one.</summary>
    private static async Task DeferAsync(HttpContext context)
    {
        var answer = context.RequestServices.GetService<DeferredEndpoint>() is { } deferred
            ? await deferred.SubmitAsync(context)
            : Problems.ProblemResults.From(DeferredProblems.UnknownMode);
        await answer.ExecuteAsync(context);
    }

    private static IResult Describe(string model, TrafficPlans traffic, Predictor predictor) => traffic.For(model) is { } plan
        ? Results.Json(ModelDescription.Of(plan, predictor.DefinitionOf(model).Answer), ServingJson.Options)
        : Problems.ProblemResults.From(new Engine.Problems.Problem("FLY4004", "No model of this name is deployed.", Remedy: "GET /v1/models lists them."));

    private static async Task<IResult> ReproduceAsync(string requestId, Reproduction reproduction, CancellationToken cancellation) =>
        await reproduction.ReproduceAsync(requestId, cancellation) is { } found
            ? Results.Json(found, ServingJson.Options)
            : Problems.ProblemResults.From(new Engine.Problems.Problem("FLY4004", "No logged prediction has this request id."));

    private static async Task<IResult> SampleAsync(string model, int? sample, long? seed, Reproduction reproduction, CancellationToken cancellation) =>
        Results.Json(await reproduction.SampleAsync(model, Math.Clamp(sample ?? 200, 1, 100_000), (ulong)(seed ?? 1), cancellation), ServingJson.Options);
}
