using Flyball.Training.Artifacts;
using Flyball.Training.Tracking;
using Microsoft.AspNetCore.Http.Features;

namespace Flyball.Server.Protocols.Mlflow;

/// <summary>
/// Up- and downloads by logical path. The path is read from the request's line as it was sent: a server that tidies paths would have resolved what a
/// hostile one tries.
/// </summary>
internal static class ArtifactProxy
{
    private const int NoSpace = 28;

    /// <summary>Where files are found below a prefix.</summary>
    public const string Files = "/mlflow-artifacts/artifacts/";

    public static async Task ListAsync(HttpContext context, TrackingStore tracking)
    {
        if (TargetOf(context).Split('?')[0].Split('/').Any(part => Uri.UnescapeDataString(part) is "." or ".."))
        {
            // The server has tidied the path: what was asked for is not this folder.
            throw ArtifactProblems.Refused("path", "it climbs");
        }

        var folder = ArtifactListRoutes.PathOf(context.Request.Query["path"], "path");
        var entries = folder.Area == ArtifactUri.SealedArea ? context.Sealed().List(folder) : tracking.Artifacts.List(folder);
        await new MlflowAnswer(json => MlflowJson.List(json, "files", entries, (j, entry) => MlflowJson.File(j, entry, ""))).WriteAsync(context);
    }

    public static Task GetAsync(HttpContext context, TrackingStore tracking)
    {
        var path = PathOf(context);
        var file = path.Area == ArtifactUri.SealedArea ? context.Sealed().Find(path) : tracking.Artifacts.Find(path);
        return ArtifactContent.SendAsync(context, tracking.Artifacts, file ?? throw ArtifactProblems.NoFile(path));
    }

    public static Task PutAsync(HttpContext context, TrackingStore tracking) => StoreAsync(context, tracking, PathOf(context));

    public static async Task DeleteAsync(HttpContext context, TrackingStore tracking)
    {
        await tracking.Artifacts.DeleteAsync(PathOf(context), context.RequestAborted);
        await MlflowAnswer.Done.WriteAsync(context);
    }

    /// <summary>Uploads in parts are not needed: one request takes a file of any size in constant memory.</summary>
    public static Task NoPartsAsync(HttpContext context) =>
        throw new MlflowException(MlflowErrors.NotImplemented, "Multipart upload is not supported for the current artifact repository: send the file with one PUT.");

    /// <summary><c>/get-artifact</c>: a file of a run, for a browser.</summary>
    public static Task OfRunAsync(HttpContext context, TrackingStore tracking)
    {
        var query = context.Request.Query;
        var run = query["run_id"].ToString() is { Length: > 0 } id ? id : query["run_uuid"].ToString();
        return OfAsync(context, tracking, tracking.Runs.Get(run.Length > 0 ? run : throw MlflowException.Missing("run_id")).ArtifactUri, query["path"], "path");
    }

    /// <summary>A file of a logged model, for a browser.</summary>
    public static Task OfModelAsync(HttpContext context, TrackingStore tracking) => OfAsync(
        context, tracking, tracking.Models.Get((string)context.Request.RouteValues["model_id"]!).ArtifactUri, context.Request.Query["artifact_file_path"], "artifact_file_path");

    /// <summary>A file for a run, from a browser.</summary>
    public static Task ForRunAsync(HttpContext context, TrackingStore tracking)
    {
        var run = context.Request.Query["run_uuid"].ToString();
        var root = ArtifactUri.PathOf(tracking.Runs.Get(run.Length > 0 ? run : throw MlflowException.Missing("run_uuid")).ArtifactUri, "run_uuid");
        var path = ArtifactListRoutes.PathOf(context.Request.Query["path"], "path");
        return StoreAsync(context, tracking, path.IsRoot ? throw MlflowException.Missing("path") : root.Join(path));
    }

    private static Task OfAsync(HttpContext context, TrackingStore tracking, string root, string? sent, string field)
    {
        var path = ArtifactUri.PathOf(root, field).Join(ArtifactListRoutes.PathOf(string.IsNullOrEmpty(sent) ? throw MlflowException.Missing(field) : sent, field));
        return ArtifactContent.SendAsync(context, tracking.Artifacts, tracking.Artifacts.Find(path) ?? throw ArtifactProblems.NoFile(path));
    }

    private static async Task StoreAsync(HttpContext context, TrackingStore tracking, ArtifactPath path)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            // The disk is the limit.
            limit.MaxRequestBodySize = null;
        }

        try
        {
            await tracking.Artifacts.PutAsync(path, context.Request.Body, context.RequestAborted);
        }
        catch (IOException full) when ((full.HResult & 0xFFFF) == NoSpace)
        {
            throw new MlflowException("TEMPORARILY_UNAVAILABLE", "There is no room for the file. Nothing of it was stored.");
        }

        await MlflowAnswer.Done.WriteAsync(context);
    }

    /// <summary>The request's target as it was sent.</summary>
    private static string TargetOf(HttpContext context) =>
        context.Features.Get<IHttpRequestFeature>()?.RawTarget is { Length: > 0 } raw ? raw : context.Request.Path.ToUriComponent();

    private static ArtifactPath PathOf(HttpContext context)
    {
        var line = TargetOf(context);
        var at = line.IndexOf(Files, StringComparison.Ordinal);
        if (at < 0)
        {
            throw ArtifactProblems.Refused("path", "a part of the route is encoded");
        }

        var end = line.IndexOf('?', at);
        var path = ArtifactListRoutes.PathOf(Uri.UnescapeDataString(line[(at + Files.Length)..(end < 0 ? line.Length : end)]), "path");
        return path.IsRoot ? throw ArtifactProblems.Refused("path", "it is empty") : path;
    }
}
