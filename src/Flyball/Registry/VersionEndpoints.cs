using Flyball.Access;
using Flyball.Engine.Expressions;
using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Flyball.Registry;

/// <summary>The routes of single versions: those from outside, their labels, their decisions and their end.</summary>
internal static class VersionEndpoints
{
    public static void MapVersions(this IEndpointRouteBuilder routes)
    {
        const string version = "/v1/models/{model}/versions/{version:int}";
        routes.MapPost("/v1/models/{model}/versions/files", CreateAsync).RequirePermission(Permission.Build)
            .WithName("CreateOutsideVersion").WithSummary("Register a version that was made elsewhere, by the list of its files").WithTags("registry");
        routes.MapGet(version + "/files", Files).RequirePermission(Permission.Read)
            .WithName("ListVersionFiles").WithSummary("The sealed list of a version's files").WithTags("registry");
        routes.MapPatch(version, DescribeAsync).RequirePermission(Permission.Build)
            .WithName("DescribeVersion").WithSummary("Describe a version").WithTags("registry");
        routes.MapDelete(version, DeleteAsync).RequirePermission(Permission.Operate)
            .WithName("DeleteVersion").WithSummary("Delete a version that nobody needs").WithTags("registry");
        routes.MapPut(version + "/tags/{key}", SetTagAsync).RequirePermission(Permission.Build)
            .WithName("SetVersionTag").WithSummary("Set a tag of a version").WithTags("registry");
        routes.MapDelete(version + "/tags/{key}", DeleteTagAsync).RequirePermission(Permission.Build)
            .WithName("DeleteVersionTag").WithSummary("Take a tag of a version away").WithTags("registry");
        routes.MapPost(version + "/stage", TransitionAsync).RequirePermission(Permission.Operate)
            .WithName("TransitionVersion").WithSummary("Move a version to a stage").WithTags("registry");
        routes.MapPost(version + "/retire", RetireAsync).RequirePermission(Permission.Operate)
            .WithName("RetireVersion").WithSummary("Archive a version that nobody needs").WithTags("registry");
        routes.MapPost(version + "/deprecate", DeprecateAsync).RequirePermission(Permission.Operate)
            .WithName("DeprecateVersion").WithSummary("Tell the users of a version to move on").WithTags("registry");
        routes.MapDelete(version + "/deprecate", RestoreAsync).RequirePermission(Permission.Operate)
            .WithName("RestoreVersion").WithSummary("Take the deprecation of a version back").WithTags("registry");
        routes.MapGet(version + "/approvals", Approvals).RequirePermission(Permission.Read)
            .WithName("ListApprovals").WithSummary("Decisions and comments about a version").WithTags("registry");
        routes.MapPost(version + "/comments", CommentAsync).RequirePermission(Permission.Build)
            .WithName("CommentVersion").WithSummary("Comment on a version").WithTags("registry");
    }

    /// <summary>The idempotency key of a request; null when it has none.</summary>
    public static string? Key(HttpContext context) => context.Request.Headers["Idempotency-Key"] is { Count: > 0 } key ? key.ToString() : null;

    private static async Task<IResult> CreateAsync(string model, RequestBody<NewVersion> given, HttpContext context, ModelRegistry registry, CancellationToken cancellation)
    {
        var body = given.Required;
        var files = (body.Files ?? []).Select(f => new SealedFile(f.Path, f.Size, Digest.TryParse(f.Sha256, out var digest) ? digest : default)).ToList();
        var draft = new VersionDraft(model, body.Source, files)
        {
            RunId = body.RunId,
            LoggedModel = body.ModelId,
            RunLink = body.RunLink,
            Description = body.Description,
            Tags = body.Tags ?? new Dictionary<string, string>(),
            IdempotencyKey = Key(context),
            Reason = body.Reason,
        };
        return Answer(await registry.Outside.CreateAsync(draft, context.Caller(), cancellation));
    }

    private static IResult Files(string model, int version, ModelRegistry registry) => registry.Version(model, version) is { } found
        ? Results.Json(new { model, version, digest = found.Manifest?.Hex, files = registry.Outside.Files(found).Select(f => new { f.Path, f.Size, sha256 = f.Sha256.Hex }) }, RegistryJson.Options)
        : ProblemResults.From(ModelRegistry.Unknown(model, version));

    private static async Task<IResult> DescribeAsync(string model, int version, RequestBody<NewText> given, HttpContext context, ModelRegistry registry, CancellationToken cancellation) =>
        Answer(await registry.Labels.DescribeAsync(model, version, given.Required.Description, context.Caller(), given.Required.Reason, cancellation));

    private static async Task<IResult> DeleteAsync(string model, int version, string? reason, HttpContext context, ModelRegistry registry, CancellationToken cancellation) =>
        Answer(await registry.Life.DeleteAsync(model, version, context.Caller(), reason, cancellation));

    private static async Task<IResult> SetTagAsync(
        string model, int version, string key, RequestBody<TagValue> given, HttpContext context, ModelRegistry registry, CancellationToken cancellation) =>
        Answer(await registry.Labels.SetTagAsync(model, version, key, given.Required.Value, context.Caller(), given.Required.Reason, cancellation));

    private static async Task<IResult> DeleteTagAsync(string model, int version, string key, string? reason, HttpContext context, ModelRegistry registry, CancellationToken cancellation) =>
        Answer(await registry.Labels.DeleteTagAsync(model, version, key, context.Caller(), reason, cancellation));

    private static async Task<IResult> TransitionAsync(
        string model, int version, RequestBody<Transition> given, HttpContext context, ModelRegistry registry, CancellationToken cancellation) =>
        Answer(await registry.Labels.TransitionAsync(
            model, version, given.Required.Stage, given.Required.ArchiveExisting, context.Caller(), given.Required.Reason, cancellation));

    private static async Task<IResult> RetireAsync(
        string model, int version, RequestBody<Retirement> given, HttpContext context, ModelRegistry registry, CancellationToken cancellation) =>
        Answer(await registry.Life.RetireAsync(
            model,
            version,
            new RetirementTerms(Duration(given.Given?.KeepFor, "keep_for"), Duration(given.Given?.IdleFor, "idle_for"), given.Given?.Force ?? false),
            context.Caller(),
            given.Given?.Reason,
            cancellation));

    private static async Task<IResult> DeprecateAsync(
        string model, int version, RequestBody<NewDeprecation> given, HttpContext context, ModelRegistry registry, CancellationToken cancellation) =>
        Answer(await registry.Deprecations.DeprecateAsync(model, version, given.Given?.Sunset, given.Given?.Note, context.Caller(), cancellation));

    private static async Task<IResult> RestoreAsync(string model, int version, string? reason, HttpContext context, ModelRegistry registry, CancellationToken cancellation) =>
        Answer(await registry.Deprecations.RestoreAsync(model, version, context.Caller(), reason, cancellation));

    private static IResult Approvals(string model, int version, ModelRegistry registry) => registry.Version(model, version) is { } found
        ? Results.Json(new { model, version, state = found.State, digest = found.Digest.Hex, approvals = registry.Approvals(model, version) }, RegistryJson.Options)
        : ProblemResults.From(ModelRegistry.Unknown(model, version));

    private static async Task<IResult> CommentAsync(string model, int version, RequestBody<NewComment> given, HttpContext context, ModelRegistry registry, CancellationToken cancellation)
    {
        var outcome = await registry.CommentAsync(model, version, context.Caller(), given.Required.Comment, cancellation);
        return outcome.Ok ? Approvals(model, version, registry) : ProblemResults.From(outcome.Problems);
    }

    /// <summary>A length of time as it came; null for none.</summary>
    /// <exception cref="FlyballException">FLY3002: it is no length of time.</exception>
    public static long? Duration(string? text, string field) => text is null ? null
        : DurationText.TryParse(text, out var micros) ? micros
        : throw new FlyballException(new Problem("FLY3002", $"'{field}' is a whole number and a unit.", new ProblemLocation(Field: field), "Write 30d or 12h."));

    private static IResult Answer(RegistryOutcome<VersionRecord> outcome) =>
        outcome.Ok ? Results.Json(VersionDocument.Of(outcome.Value), RegistryJson.Options) : ProblemResults.From(outcome.Problems);

    private sealed record NewVersion(
        string Source,
        IReadOnlyList<NewFile>? Files = null,
        string? RunId = null,
        string? ModelId = null,
        string? RunLink = null,
        string? Description = null,
        Dictionary<string, string>? Tags = null,
        string? Reason = null);

    private sealed record NewFile(string Path, long Size, string Sha256);

    private sealed record NewText(string? Description, string? Reason = null);

    private sealed record NewComment(string Comment);

    private sealed record Transition(string Stage, bool ArchiveExisting = false, string? Reason = null);

    private sealed record Retirement(string? Reason = null, string? KeepFor = null, string? IdleFor = null, bool Force = false);
}
