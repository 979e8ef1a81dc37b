using System.Globalization;
using Flyball.Access;
using Flyball.Engine.Problems;
using Flyball.Problems;
using Flyball.Registry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Flyball.Rollout;

/// <summary>The routes that change aliases: the champion's takes traffic with it, so they stand with it.</summary>
internal static class AliasEndpoints
{
    public static void MapAliases(this IEndpointRouteBuilder routes)
    {
        routes.MapPut("/v1/models/{model}/aliases/{alias}", SetAsync).RequirePermission(Permission.Operate)
            .WithName("SetAlias").WithSummary("Point an alias to a version; champion is a promotion").WithTags("registry");
        routes.MapDelete("/v1/models/{model}/aliases/{alias}", DeleteAsync).RequirePermission(Permission.Operate)
            .WithName("DeleteAlias").WithSummary("Take an alias away").WithTags("registry");
        routes.MapPost("/v1/models/{model}/versions/{version:int}/promote", PromoteAsync).RequirePermission(Permission.Operate)
            .WithName("PromoteVersion").WithSummary("Put a version straight into production").WithTags("registry");
    }

    private static async Task<IResult> SetAsync(
        string model, string alias, RequestBody<AliasTarget> target, HttpContext context, Deployments deployments, CancellationToken cancellation)
    {
        var body = target.Required;
        var outcome = await deployments.SetAliasAsync(model, alias, body.Version, Expected(context, body.Expected), body.Reason, context.Caller(), cancellation);
        if (!outcome.Ok)
        {
            return ProblemResults.From(outcome.Problems);
        }

        context.Response.Headers.ETag = Tag(body.Version);
        return Results.Json(VersionDocument.Of(outcome.Value), RegistryJson.Options);
    }

    private static async Task<IResult> DeleteAsync(string model, string alias, string? reason, HttpContext context, ModelRegistry registry, CancellationToken cancellation)
    {
        var outcome = await registry.Aliases.DeleteAsync(model, alias, Expected(context, null), context.Caller(), reason, cancellation);
        return outcome.Ok ? Results.Json(ModelDocument.Of(outcome.Value), RegistryJson.Options) : ProblemResults.From(outcome.Problems);
    }

    private static async Task<IResult> PromoteAsync(
        string model, int version, RequestBody<Promotion> promotion, HttpContext context, Deployments deployments, CancellationToken cancellation)
    {
        var outcome = await deployments.PromoteAsync(
            model, version, Expected(context, promotion.Given?.Expected), promotion.Given?.Reason, context.Caller(), cancellation);
        return outcome.Ok ? Results.Json(VersionDocument.Of(outcome.Version, null), RegistryJson.Options) : ProblemResults.From(outcome.Problems);
    }

    /// <summary>
    /// What the caller expects the alias to stand for: the number in <c>If-Match</c>, nothing with <c>If-None-Match: *</c>, or a member of the
    /// body, where 0 stands for nothing.
    /// </summary>
    internal static AliasExpectation? Expected(HttpContext context, int? stated)
    {
        if (context.Request.Headers.IfNoneMatch.ToString() is "*")
        {
            return new AliasExpectation(null);
        }

        var match = context.Request.Headers.IfMatch.ToString().Trim('"');
        if (match.Length == 0)
        {
            return stated is { } number ? new AliasExpectation(number == 0 ? null : number) : null;
        }

        return int.TryParse(match, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? new AliasExpectation(version == 0 ? null : version)
            : throw new FlyballException(new Problem("FLY3002", "If-Match holds the number of a version in quotes.", new ProblemLocation(Field: "If-Match")));
    }

    private static string Tag(int version) => string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    /// <summary>Body of a change of an alias.</summary>
    /// <param name="Expected">The version the alias stands for now; 0 for none.</param>
    private sealed record AliasTarget(int Version, int? Expected = null, string? Reason = null);

    /// <summary>Body of a promotion.</summary>
    /// <param name="Expected">The present champion; 0 for none.</param>
    private sealed record Promotion(int? Expected = null, string? Reason = null);
}
