using Flyball.Access;
using Flyball.Problems;
using Flyball.Registry;
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
        return routes;
    }

    private static IResult Describe(string model, int version, [FromServices] ModelRegistry registry, [FromServices] ActiveProject project)
    {
        if (registry.Version(model, version) is not { } found)
        {
            return ProblemResults.From(ModelRegistry.Unknown(model, version));
        }

        var files = project.Current.Files.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => new ScoringFile(f.Key, f.Value));
        return Results.Json(new ScoringDefinitions(found.Model, found.Version, found.Digest.Hex, [.. files]), ServingJson.Options);
    }
}
