using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Engine.Problems;
using Flyball.Monitoring;
using Flyball.Problems;
using Flyball.Registry;
using Flyball.Registry.Attestations;
using Flyball.Training;
using Flyball.Workspaces;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Flyball.Governance.Readiness;

/// <summary>The routes of a readiness review.</summary>
public static class ReadinessEndpoints
{
    private const int UsualChecks = 30;

    public static IServiceCollection AddReadiness(this IServiceCollection services)
    {
        services.TryAddSingleton(s => new AttachedEvidenceStore(s.GetRequiredService<Workspace>(), s.GetRequiredService<AuditTrail>()));
        services.TryAddSingleton(s => new ReadinessReader(
            s.GetRequiredService<ActiveProject>(),
            new VersionEvidence(
                s.GetRequiredService<Workspace>(),
                s.GetRequiredService<ModelRegistry>(),
                s.GetRequiredService<TrainingRuns>(),
                s.GetRequiredService<Attestor>(),
                model => s.GetRequiredService<DailyCheck>().List(model, UsualChecks)),
            s.GetRequiredService<AttachedEvidenceStore>()));
        return services;
    }

    public static IEndpointRouteBuilder MapReadiness(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/models/{model}/readiness", (string model, ReadinessReader reader) => Of(model, reader.Usual(model), reader)).RequirePermission(Permission.Read)
            .WithName("GetReadiness").WithSummary("Readiness of the champion, or of the newest version").WithTags("models");
        routes.MapGet("/v1/models/{model}/versions/{version:int}/readiness", (string model, int version, ReadinessReader reader, ModelRegistry registry) =>
                registry.Version(model, version) is { } found ? Of(model, found, reader) : ProblemResults.From(ModelRegistry.Unknown(model, version))).RequirePermission(Permission.Read)
            .WithName("GetVersionReadiness").WithSummary("The seven questions of a readiness review and the ML Test Score of a version, from stored evidence").WithTags("models");
        routes.MapPost("/v1/models/{model}/readiness/evidence", AttachAsync).RequirePermission(Permission.Build)
            .WithName("AttachReadinessEvidence").WithSummary("Attach a document to a test of a version that no program can judge").WithTags("models");
        return routes;
    }

    private static IResult Of(string model, ModelVersion? version, ReadinessReader reader) =>
        reader.Knows(model) ? Results.Json(ReadinessDocument.Of(reader.Read(model, version))) : Unknown();

    private static async Task<IResult> AttachAsync(
        string model, int? version, [AsParameters] DocumentTerms terms, HttpContext context, ReadinessReader reader, AttachedEvidenceStore store, CancellationToken cancellation)
    {
        if (!reader.Knows(model))
        {
            return Unknown();
        }

        var about = version is { } number ? reader.VersionOf(model, number) : reader.Usual(model);
        if (about is null && version is { } unknown)
        {
            return ProblemResults.From(ModelRegistry.Unknown(model, unknown));
        }

        var document = await ReadAsync(context.Request.Body, cancellation);
        var kept = await store.AttachAsync(new AttachedEvidence(model, terms.Test ?? "", "", terms.Name ?? "", terms.Reason ?? "", "", ""), about, document, context.Caller(), cancellation);
        return Results.Json(new JsonObject
        {
            ["model"] = kept.Model,
            ["version"] = kept.Version,
            ["bundle"] = kept.Bundle,
            ["test"] = kept.Test,
            ["name"] = kept.Name,
            ["digest"] = kept.Digest,
            ["actor"] = kept.Actor,
            ["attached_at"] = kept.AttachedAt,
        });
    }

    /// <param name="Test">Which test it answers.</param>
    /// <param name="Name">The file's name.</param>
    /// <param name="Reason">What it shows.</param>
    private sealed record DocumentTerms(string? Test, string? Name, string? Reason);

    /// <summary>The body, up to one byte more than is kept: a longer one is refused for its length.</summary>
    private static async Task<byte[]> ReadAsync(Stream body, CancellationToken cancellation)
    {
        using var document = new MemoryStream();
        var buffer = new byte[1 << 16];
        int read;
        while (document.Length <= AttachedEvidenceStore.MostBytes && (read = await body.ReadAsync(buffer, cancellation)) > 0)
        {
            document.Write(buffer, 0, read);
        }

        return document.ToArray();
    }

    private static IResult Unknown() => ProblemResults.From(new Problem("FLY4004", "There is no model of this name.", new ProblemLocation(Field: "model"), "GET /v1/models lists the models."));
}
