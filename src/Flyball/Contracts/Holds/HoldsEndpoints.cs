using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Contracts.Quality;
using Flyball.Contracts.Quarantine;
using Flyball.Engine.Problems;
using Flyball.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Flyball.Contracts.Holds;

/// <summary>The routes of held batches.</summary>
internal static class HoldsEndpoints
{
    public static void MapHolds(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/holds/{source}", List).RequirePermission(Permission.Read)
            .WithName("GetHolds").WithSummary("Batches that a rule holds, oldest first").WithTags("holds");
        routes.MapGet("/v1/holds/{source}/{batch}", Show).RequirePermission(Permission.Read)
            .WithName("GetHold").WithSummary("One held batch: why, who decided, and its rows").WithTags("holds");
        routes.MapPost("/v1/holds/{source}/{batch}/release", ReleaseAsync).RequirePermission(Permission.Operate)
            .WithName("ReleaseHold").WithSummary("Let a held batch in").WithTags("holds");
        routes.MapPost("/v1/holds/{source}/{batch}/discard", DiscardAsync).RequirePermission(Permission.Operate)
            .WithName("DiscardHold").WithSummary("Decide that a held batch will not go in").WithTags("holds");
    }

    private static IResult List(string source, EventLog log, string state = "open") => SourceRoute.Of(source, log, found =>
    {
        if (state is not ("open" or "releasing" or "released" or "discarded" or "all"))
        {
            return ProblemResults.From(new Problem("FLY3002", "'state' should be open, releasing, released, discarded or all.", new ProblemLocation(Field: "state")));
        }

        var batches = found.Holds.All().Where(b => state == "all" || NameOf(b.State) == state || (state == "open" && b.State == HoldState.Releasing));
        return Results.Json(new JsonObject { ["source"] = source, ["state"] = state, ["batches"] = new JsonArray([.. batches.Select(b => (JsonNode)Describe(b))]) });
    });

    private static IResult Show(string source, string batch, EventLog log, long after = 0, int limit = 100) => SourceRoute.PageOf(source, log, ListPage.Check(limit, after, least: 0), state =>
    {
        if (state.Holds.Find(batch) is not { } found)
        {
            return ProblemResults.From(new Problem("FLY4004", "This source has no held batch of this name.", new ProblemLocation(Field: "batch"), "GET /v1/holds/{source} lists them."));
        }

        var answer = Describe(found);
        var keeper = new OriginalKeeper(state.Plan);
        var rows = HoldListing.Rows(log, found, after, limit);
        answer["shown"] = new JsonArray([.. rows.Select(r => (JsonNode)new JsonObject { ["seq"] = r.Seq, ["row"] = JsonNode.Parse(keeper.ShownJson(r.Record.Payload.Span) ?? "null") })]);
        answer["next"] = limit > 0 && rows.Count == limit ? rows[^1].Seq : null;
        answer["decisions"] = new JsonArray([.. HoldListing.Decisions(log, found).Select(d => (JsonNode)d.ToJson())]);
        return Results.Json(answer);
    });

    private static Task<IResult> ReleaseAsync(string source, string batch, RequestBody<HoldRequest> body, HoldDesk desk, [AsParameters] DecisionCall call) =>
        SourceRoute.DecideAsync(call, source, "Release of a held batch", async caller =>
        {
            var decided = await desk.ReleaseAsync(source, batch, caller, DecisionReason.Check(body.Required.Reason), call.Ct);
            return (decided.Replayed, decided.Rows, decided.ToJson());
        });

    private static Task<IResult> DiscardAsync(string source, string batch, RequestBody<HoldRequest> body, HoldDesk desk, [AsParameters] DecisionCall call) =>
        SourceRoute.DecideAsync(call, source, "Discard of a held batch", async caller =>
        {
            var decided = await desk.DiscardAsync(source, batch, caller, DecisionReason.Check(body.Required.Reason), call.Ct);
            return (decided.Replayed, decided.Rows, decided.ToJson());
        });

    private static JsonObject Describe(HeldBatch batch)
    {
        var first = batch.Parts[0].Part;
        return new JsonObject
        {
            ["batch"] = batch.Id,
            ["state"] = NameOf(batch.State),
            ["at"] = first.At.ToString(),
            ["caller"] = first.Caller,
            ["version"] = first.Version,
            ["rows"] = batch.Rows,
            ["received"] = batch.Parts.Sum(p => (long)p.Part.Received),
            ["quarantined"] = batch.Parts.Sum(p => (long)p.Part.Quarantined),
            ["duplicates"] = batch.Parts.Sum(p => (long)p.Part.Duplicates),
            ["known_at"] = first.KnownAt.Word,
            ["parts"] = batch.Parts.Count,
            ["findings"] = FindingJson.Write([.. batch.Parts.SelectMany(p => p.Part.Findings).Distinct()]),
        };
    }

    private static string NameOf(HoldState state) => state.ToString().ToLowerInvariant();
}
