using Flyball.Access;
using Flyball.Problems;
using Flyball.Registry;
using Flyball.Serving.Backends;
using Flyball.Training;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Flyball.Serving.Batches;

/// <summary>
/// What somebody needs to score a file in a process of their own beside a version's bundle: the definitions in force. Files and their paths stay with the
/// caller.
/// </summary>
internal static class BatchEndpoints
{
    public static IEndpointRouteBuilder MapBatches(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/models/{model}/versions/{version:int}/scoring", Describe).RequirePermission(Permission.Build)
            .WithName("GetScoringDefinitions").WithSummary("The definitions that score a file with a version").WithTags("predictions");
        routes.MapGet("/v1/models/{model}/scoring", DescribeServing).RequirePermission(Permission.Build)
            .WithName("GetServedScoringDefinitions").WithSummary("The definitions that score a file with what answers for a model now").WithTags("predictions");
        return routes;
    }

    /// <summary>Of the champion, or of the backend that the model's file declares while it has none.</summary>
    private static IResult DescribeServing(string model, [FromServices] TrafficPlans traffic, [FromServices] ModelRegistry registry, [FromServices] ActiveProject project) =>
        traffic.For(model) is { } plan ? Describe(model, plan.Champion.Version, registry, project) : ProblemResults.From(traffic.RefusalOf(model));

    private static IResult Describe(string model, int version, [FromServices] ModelRegistry registry, [FromServices] ActiveProject project)
    {
        if (version == DeclaredVersion.Number && project.Current.Models.TryGetValue(model, out var declared) && BackendDefinition.Of(declared) is { } backend)
        {
            return Answer(new(model, version, backend.Digest.Hex, FilesOf(project)));
        }

        if (registry.Version(model, version) is not { } found)
        {
            return ProblemResults.From(ModelRegistry.Unknown(model, version));
        }

        return Answer(new(found.Model, found.Version, found.Digest.Hex, FilesOf(project)));
    }

    private static IResult Answer(ScoringDefinitions definitions) => Results.Json(definitions, ServingJson.Options);

    private static IReadOnlyList<ScoringFile> FilesOf(ActiveProject project) => [.. project.Current.Files.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => new ScoringFile(f.Key, f.Value))];
}
