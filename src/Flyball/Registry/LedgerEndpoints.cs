using Flyball.Access;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Flyball.Registry;

/// <summary>The routes that read what was changed: the ledger, aliases as of an instant, and the events.</summary>
internal static class LedgerEndpoints
{
    public static void MapLedger(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/models/{model}/aliases", Aliases).RequirePermission(Permission.Read)
            .WithName("ListAliases").WithSummary("The aliases of a model").WithTags("registry");
        routes.MapGet("/v1/models/{model}/aliases/{alias}", Alias).RequirePermission(Permission.Read)
            .WithName("GetAlias").WithSummary("The version an alias stands for, now or as of an instant").WithTags("registry");
        routes.MapGet("/v1/registry/ledger", Ledger).RequirePermission(Permission.Read)
            .WithName("ListLedger").WithSummary("Every change of the registry, in order").WithTags("registry");
        routes.MapGet("/v1/registry/ledger/verify", (ModelRegistry registry) => Json(registry.Ledger.Verify())).RequirePermission(Permission.Read)
            .WithName("VerifyLedger").WithSummary("Compute every hash of the ledger again").WithTags("registry");
        routes.MapGet("/v1/registry/events", Events).RequirePermission(Permission.Read)
            .WithName("ListRegistryEvents").WithSummary("The events of the registry after a cursor").WithTags("registry");
        routes.MapGet("/v1/registry/approvals", Waiting).RequirePermission(Permission.Read)
            .WithName("ListWaitingApprovals").WithSummary("Versions that wait for an approver").WithTags("registry");
    }

    private static IResult Aliases(string model, ModelRegistry registry) => registry.Names.Find(model) is { } found
        ? Json(new { model, aliases = found.Aliases })
        : ProblemResults.From(ModelStore.Unknown(model));

    private static IResult Alias(string model, string alias, string? as_of, HttpContext context, ModelRegistry registry, TimeProvider time)
    {
        if (as_of is not null && string.Equals(alias, "latest", StringComparison.OrdinalIgnoreCase))
        {
            return ProblemResults.From(new Problem(
                "FLY3335", "latest is no alias that anybody set: it stands for the highest version, and has no past.", new ProblemLocation(Field: "as_of"), "Ask about an alias, or GET /v1/models/{model} for when each version was made."));
        }

        if (as_of is not null)
        {
            // A model that never was has no past to answer for.
            return !registry.Ledger.Knows(model) ? ProblemResults.From(ModelStore.Unknown(model)) : Json(registry.Ledger.AsOf(model, alias, InstantText.Parse(as_of, EventTime.From(time.GetUtcNow()))));
        }

        if (registry.Aliases.Find(model, alias) is not { } found)
        {
            return ProblemResults.From(new Problem("FLY4004", $"The model {model} has no alias {alias}.", new ProblemLocation(Field: "alias"), $"GET /v1/models/{model}/aliases lists them."));
        }

        context.Response.Headers.ETag = $"\"{VersionStore.Number(found.Version.Version)}\"";
        return Json(VersionDocument.Of(found));
    }

    private static IResult Ledger(string? model, long? after, int? limit, ModelRegistry registry)
    {
        var from = After(after);
        var entries = registry.Ledger.Read(model, from, ListPage.Limit(limit, usual: 100));
        return Json(new { entries, next = entries.Count > 0 ? entries[^1].Seq : from });
    }

    private static IResult Events(string? model, long? after, int? limit, ModelRegistry registry)
    {
        var from = After(after);
        var events = registry.Events.Read(from, ListPage.Limit(limit, usual: 100), model);
        return Json(new { events, next = events.Count > 0 ? events[^1].Seq : from });
    }

    private static IResult Waiting(int? limit, ModelRegistry registry) => Json(new
    {
        versions = registry.Search.Versions(
            $"v.state = '{VersionStates.Registered}'", "v.updated_micros DESC, v.model, v.version DESC", new Dictionary<string, object?>(), ListPage.Limit(limit, usual: 100))
            .Select(r => VersionDocument.Of(r)),
    });

    private static long After(long? after) => ListPage.Check(1, after ?? 0) is { } problem ? throw new FlyballException(problem) : after ?? 0;

    private static IResult Json(object? body) => Results.Json(body, RegistryJson.Options);
}
