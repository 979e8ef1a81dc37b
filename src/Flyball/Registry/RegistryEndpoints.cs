using System.Globalization;
using Flyball.Access;
using Flyball.Engine.Problems;
using Flyball.Problems;
using Flyball.Registry.Attestations;
using Flyball.Training;
using Flyball.Workspaces;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Flyball.Registry;

/// <summary>The registry's routes and services.</summary>
public static class RegistryEndpoints
{
    public static IServiceCollection AddRegistry(this IServiceCollection services)
    {
        services.TryAddSingleton(s => new AuditTrail(s.GetRequiredService<Workspace>().Audit));
        services.TryAddSingleton(s =>
        {
            var workspace = s.GetRequiredService<Workspace>();
            return new ModelRegistry(workspace.Catalog, workspace.Blobs, s.GetRequiredService<AuditTrail>(), workspace.Time);
        });
        services.TryAddSingleton(s =>
        {
            var workspace = s.GetRequiredService<Workspace>();
            return new Attestor(workspace.Catalog, SigningKey.LoadOrCreate(workspace.Directory.Keys), workspace.Time);
        });
        services.TryAddSingleton(s => new Submissions(
            s.GetRequiredService<TrainingRuns>(),
            s.GetRequiredService<ModelRegistry>(),
            s.GetRequiredService<Workspace>(),
            s.GetRequiredService<ActiveProject>(),
            s.GetRequiredService<Attestor>()));
        return services;
    }

    public static IEndpointRouteBuilder MapRegistry(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/models", Models).RequirePermission(Permission.Read);
        routes.MapGet("/v1/models/{model}", Model).RequirePermission(Permission.Read);
        routes.MapGet("/v1/models/{model}/versions", Versions).RequirePermission(Permission.Read);
        routes.MapGet("/v1/models/{model}/versions/{version:int}", Version).RequirePermission(Permission.Read);
        routes.MapGet("/v1/models/{model}/versions/{version:int}/bundle", Bundle).RequirePermission(Permission.Build);
        routes.MapTrain();
        routes.MapAttestations();
        routes.MapPost("/v1/models/{model}/versions", UploadAsync).RequirePermission(Permission.Build);
        routes.MapPost("/v1/models/{model}/versions/{version:int}/approve", ApproveAsync).RequirePermission(Permission.Approve);
        routes.MapPost("/v1/models/{model}/versions/{version:int}/refuse", RefuseAsync).RequirePermission(Permission.Approve);
        return routes;
    }

    private static IResult Models(ModelRegistry registry) =>
        Json(new { models = registry.Models().Select(m => Summary(registry, m)) });

    private static IResult Model(string model, ModelRegistry registry)
    {
        var versions = registry.Versions(model);
        return versions.Count == 0
            ? UnknownModel(model)
            : Json(new
            {
                model,
                champion = registry.Champion(model)?.Version,
                previous = registry.Previous(model)?.Version,
                versions = versions.Select(v => VersionDocument.Of(v, null)),
                history = registry.History(model),
            });
    }

    private static IResult Versions(string model, ModelRegistry registry)
    {
        var versions = registry.Versions(model);
        return versions.Count == 0 ? UnknownModel(model) : Json(new { model, versions = versions.Select(v => VersionDocument.Of(v, null)) });
    }

    private static IResult Version(string model, int version, ModelRegistry registry) => registry.Version(model, version) is { } found
        ? Json(VersionDocument.Of(found with { Gates = [.. found.Gates, registry.ServedParity(model)] }, registry.Approvals(model, version)))
        : ProblemResults.From(ModelRegistry.Unknown(model, version));

    /// <summary>The packed bundle, verified, as a download.</summary>
    private static IResult Bundle(string model, int version, ModelRegistry registry) => registry.Version(model, version) is { } found
        ? Results.Bytes(registry.ReadBundle(found.Digest).Pack(), "application/zip", $"{model}-{version.ToString(CultureInfo.InvariantCulture)}.zip")
        : ProblemResults.From(ModelRegistry.Unknown(model, version));

    private static async Task<IResult> UploadAsync(string model, HttpContext context, Submissions submissions, CancellationToken cancellation)
    {
        if (context.Request.ContentType is not "application/zip")
        {
            return ProblemResults.From(new Problem("FLY4015", "A version is uploaded as application/zip.", Remedy: "Send the packed bundle as the body."));
        }

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, cancellation);
        return TrainEndpoint.Answer(await submissions.UploadAsync(model, body.ToArray(), context.Caller(), cancellation));
    }

    private static async Task<IResult> ApproveAsync(string model, int version, RequestBody<VersionDecision> decision, HttpContext context, ModelRegistry registry, CancellationToken cancellation) =>
        Answer(await registry.ApproveAsync(model, version, context.Caller(), decision.Required.Reason, decision.Required.Override, cancellation));

    private static async Task<IResult> RefuseAsync(string model, int version, RequestBody<VersionDecision> decision, HttpContext context, ModelRegistry registry, CancellationToken cancellation) =>
        Answer(await registry.RefuseAsync(model, version, context.Caller(), decision.Required.Reason, cancellation));

    private static object Summary(ModelRegistry registry, string model) => new
    {
        model,
        champion = registry.Champion(model)?.Version,
        previous = registry.Previous(model)?.Version,
        versions = registry.Versions(model).Count,
    };

    private static IResult Answer(VersionOutcome outcome) => outcome.Ok ? Json(VersionDocument.Of(outcome.Version, null)) : ProblemResults.From(outcome.Problems);

    private static IResult UnknownModel(string model) =>
        ProblemResults.From(new Problem("FLY4004", $"No version of a model {model} is registered.", new ProblemLocation(Field: "model"), "GET /v1/models lists the models."));

    private static IResult Json(object? body) => Results.Json(body, RegistryJson.Options);
}
