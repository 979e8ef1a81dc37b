using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Engine.Problems;
using Flyball.Problems;
using Flyball.Training;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Flyball.Registry.Archives;

/// <summary>The routes that take versions to other installations and in from them.</summary>
internal static class ArchiveEndpoints
{
    public static void MapArchives(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/models/{model}/versions/{version:int}/archive", ExportAsync).RequirePermission(Permission.Build)
            .WithName("ExportVersion").WithSummary("One version as one file").WithTags("registry");
        routes.MapPost("/v1/registry/import", ImportAsync).RequirePermission(Permission.Build)
            .WithName("ImportVersion").WithSummary("Register the version of such a file").WithTags("registry");
    }

    /// <summary>With what was signed of the version, so that it can be checked elsewhere with the key of this installation.</summary>
    private static async Task<IResult> ExportAsync(
        string model, int version, HttpContext context, VersionArchives archives, CancellationToken cancellation) => Results.Bytes(
        await archives.ExportAsync(model, version, context.Caller(), new Dictionary<string, byte[]>(), cancellation),
        "application/zip",
        string.Create(CultureInfo.InvariantCulture, $"{model}-{version}.flyball"));

    /// <param name="key">Public key of the installation that exported it, in PEM form; null leaves what was signed unverified, and no gate decided elsewhere counts.</param>
    private static async Task<IResult> ImportAsync(string? key, HttpContext context, VersionArchives archives, ActiveProject project, CancellationToken cancellation)
    {
        if (context.Request.ContentType is not "application/zip")
        {
            return ProblemResults.From(new Problem("FLY4015", "An archive is sent as application/zip.", Remedy: "Send the file as the body."));
        }

        var body = await ArchiveBody.ReadAsync(context, cancellation);
        var attestations = ArchivedAttestations.Judge(body, key);
        var outcome = await archives.ImportAsync(body, project.Current.Models, context.Caller(), cancellation, key);
        if (!outcome.Ok)
        {
            return ProblemResults.From(outcome.Problems);
        }

        var document = (JsonObject)JsonSerializer.SerializeToNode(VersionDocument.Of(outcome.Version, null), RegistryJson.Options)!;
        document["attestations"] = attestations;
        return Results.Json(document);
    }
}
