using System.Globalization;
using Flyball.Access;
using Flyball.Engine.Problems;
using Flyball.Problems;
using Flyball.Registry.Archives;
using Flyball.Registry.Attestations;
using Flyball.Registry.Judging;
using Flyball.Registry.Queries;
using Flyball.Training;
using Flyball.Training.Validation;
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
    private const int ShownEntries = 20;

    public static IServiceCollection AddRegistry(this IServiceCollection services)
    {
        services.TryAddSingleton(s => new AuditTrail(s.GetRequiredService<Workspace>().Audit));
        services.TryAddSingleton(s =>
        {
            var workspace = s.GetRequiredService<Workspace>();
            return new ModelRegistry(workspace.Catalog, workspace.Blobs, s.GetRequiredService<AuditTrail>(), workspace.Time, s.GetServices<IVersionUses>())
            {
                Project = s.GetService<ActiveProject>(),
                Signer = s.GetRequiredService<Attestor>(),
                Validation = s.GetService<ModelValidation>(),
            };
        });
        services.TryAddSingleton(s =>
        {
            var workspace = s.GetRequiredService<Workspace>();
            return new Attestor(workspace.Catalog, SigningKey.LoadOrCreate(workspace.Directory.Keys), workspace.Time);
        });
        services.TryAddSingleton(s => new RegistryQueries(s.GetRequiredService<Workspace>().Catalog));
        services.TryAddSingleton(s => new SealedArtifacts(s.GetRequiredService<Workspace>().Catalog, s.GetRequiredService<Workspace>().Blobs));
        services.TryAddSingleton(s => new VersionArchives(s.GetRequiredService<ModelRegistry>(), s.GetRequiredService<Workspace>().Blobs, s.GetRequiredService<AuditTrail>(), s.GetRequiredService<Attestor>()));
        services.TryAddSingleton(s => new Submissions(
            s.GetRequiredService<TrainingRuns>(),
            s.GetRequiredService<ModelRegistry>(),
            s.GetRequiredService<Workspace>(),
            s.GetRequiredService<ActiveProject>(),
            s.GetRequiredService<Attestor>()));
        services.TryAddSingleton<OutsideJudge>();
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
        routes.MapJudge();
        routes.MapAttestations();
        routes.MapCard();
        routes.MapPost("/v1/models/{model}/versions", UploadAsync).RequirePermission(Permission.Build);
        routes.MapPost("/v1/models/{model}/versions/{version:int}/approve", ApproveAsync).RequirePermission(Permission.Approve);
        routes.MapPost("/v1/models/{model}/versions/{version:int}/refuse", RefuseAsync).RequirePermission(Permission.Approve);
        routes.MapNames();
        routes.MapVersions();
        routes.MapLedger();
        routes.MapArchives();
        return routes;
    }

    private static IResult Models(ModelRegistry registry) =>
        Json(new { models = registry.Names.Names().Select(m => Summary(registry, m)) });

    private static IResult Model(string model, ModelRegistry registry)
    {
        if (registry.Names.Find(model) is not { } found)
        {
            return UnknownModel(model);
        }

        var document = ModelDocument.Of(found);
        return Json(new
        {
            model,
            champion = Standing(found, VersionStore.ChampionAlias),
            previous = Standing(found, VersionStore.PreviousAlias),
            document.Description,
            document.CreatedBy,
            document.CreatedAt,
            document.UpdatedAt,
            document.Tags,
            document.Aliases,
            versions = registry.Versions(model).Select(v => VersionDocument.Of(v, null)),
            history = registry.History(model),
        });
    }

    private static IResult Versions(string model, ModelRegistry registry)
    {
        var versions = registry.Versions(model);
        return versions.Count == 0 && registry.Names.Find(model) is null ? UnknownModel(model) : Json(new { model, versions = versions.Select(v => VersionDocument.Of(v, null)) });
    }

    private static IResult Version(string model, int version, ModelRegistry registry, VersionArchives archives) => registry.Labels.Find(model, version) is { } record
        ? Json(Described(record, registry) with { Evidence = archives.EvidenceOf(record) })
        : ProblemResults.From(ModelRegistry.Unknown(model, version));

    /// <summary>A version with all that decides about it: its gates and the one that is asked at a promotion, its approvals, what speaks against a promotion, who needs it.</summary>
    private static VersionDocument Described(VersionRecord record, ModelRegistry registry)
    {
        var version = record.Version;
        return VersionDocument.Of(record, registry.Approvals(version.Model, version.Version)) with
        {
            Gates = version.HasBundle ? [.. version.Gates, registry.ServedParity(version.Model)] : version.Gates,
            Promotion = new PromotionOutlook(registry.CheckPromotion(version)),
            UsedBy = registry.Life.UsesOf(version.Model, version.Version),
            Ledger = registry.Ledger.Tail(version.Model, version.Version, ShownEntries),
        };
    }

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

        return TrainEndpoint.Answer(await submissions.UploadAsync(model, await ArchiveBody.ReadAsync(context, cancellation), context.Caller(), cancellation));
    }

    private static async Task<IResult> ApproveAsync(string model, int version, RequestBody<VersionDecision> decision, HttpContext context, ModelRegistry registry, CancellationToken cancellation) =>
        Answer(await registry.ApproveAsync(
            model,
            version,
            context.Caller(),
            new ApprovalTerms(decision.Required.Reason, decision.Required.Override, VersionEndpoints.Duration(decision.Required.ValidFor, "valid_for")),
            cancellation));

    private static async Task<IResult> RefuseAsync(string model, int version, RequestBody<VersionDecision> decision, HttpContext context, ModelRegistry registry, CancellationToken cancellation) =>
        Answer(await registry.RefuseAsync(model, version, context.Caller(), decision.Required.Reason, cancellation));

    private static object Summary(ModelRegistry registry, string model)
    {
        var found = registry.Names.Find(model);
        return new
        {
            model,
            champion = Standing(found, VersionStore.ChampionAlias),
            previous = Standing(found, VersionStore.PreviousAlias),
            versions = registry.CountVersions(model),
        };
    }

    private static int? Standing(RegisteredModel? model, string alias) => model is not null && model.Aliases.TryGetValue(alias, out var version) ? version : null;

    private static IResult Answer(VersionOutcome outcome) => outcome.Ok ? Json(VersionDocument.Of(outcome.Version, null)) : ProblemResults.From(outcome.Problems);

    private static IResult UnknownModel(string model) =>
        ProblemResults.From(new Problem("FLY4004", $"No version of a model {model} is registered.", new ProblemLocation(Field: "model"), "GET /v1/models lists the models."));

    private static IResult Json(object? body) => Results.Json(body, RegistryJson.Options);
}
