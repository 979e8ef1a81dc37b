using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Engine.Problems;
using Flyball.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Flyball.Contracts.Quarantine;

/// <summary>The routes of the quarantine.</summary>
internal static class QuarantineEndpoints
{
    public static void MapQuarantine(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/quarantine/{source}", List).RequirePermission(Permission.Read)
            .WithName("GetQuarantine").WithSummary("Rows that were put aside, with their reasons").WithTags("quarantine");
        routes.MapGet("/v1/quarantine/{source}/{seq:long}", Show).RequirePermission(Permission.Read)
            .WithName("GetQuarantinedRow").WithSummary("One row that was put aside, with its decision").WithTags("quarantine");
        routes.MapPost("/v1/quarantine/{source}/release", ReleaseAsync).RequirePermission(Permission.Operate)
            .WithName("ReleaseQuarantined").WithSummary("Judge rows again and let in those that pass").WithTags("quarantine");
        routes.MapPost("/v1/quarantine/{source}/discard", DiscardAsync).RequirePermission(Permission.Operate)
            .WithName("DiscardQuarantined").WithSummary("Decide that rows will not go in").WithTags("quarantine");
    }

    private static IResult List(string source, EventLog log, string state = "open", string? rule = null, long after = 0, int limit = 100) => SourceRoute.PageOf(source, log, ListPage.Check(limit, after), found =>
    {
        if (!TryState(state, out var which))
        {
            return ProblemResults.From(new Problem("FLY3002", "'state' should be open, released, discarded or all.", new ProblemLocation(Field: "state")));
        }

        var (rows, next) = QuarantineListing.List(log, found, which, rule, after, limit);
        var keeper = new OriginalKeeper(found.Plan);
        return Results.Json(new JsonObject
        {
            ["source"] = source,
            ["state"] = state,
            ["total"] = found.Quarantine.Count(which),
            ["rows"] = new JsonArray([.. rows.Select(r => (JsonNode)Describe(r, keeper, found))]),
            ["next"] = next,
        });
    });

    private static IResult Show(string source, long seq, EventLog log) => SourceRoute.Of(source, log, state =>
    {
        if (QuarantineListing.Find(log, state, seq) is not { } found)
        {
            return ProblemResults.From(new Problem("FLY4004", "This source's quarantine has no row of this position.", new ProblemLocation(Field: "seq"), "GET /v1/quarantine/{source} lists them."));
        }

        var answer = Describe(found.Row, new OriginalKeeper(state.Plan), state);
        answer["first_known_at"] = found.Row.At.ToString();
        if (found.Record is { } decision)
        {
            answer["decision"] = decision.ToJson();
            answer["outcome"] = found.Decision!.Value.Outcome.ToString().ToLowerInvariant();
            answer["edited"] = decision.Edited.Contains(seq);
        }

        if (found.Released is { } released)
        {
            answer["released_as"] = released.Seq;
            answer["known_at"] = released.KnownAt.ToString();
            answer["released_row"] = JsonNode.Parse(released.Payload.Span);
        }

        return Results.Json(answer);
    });

    private static Task<IResult> ReleaseAsync(string source, RequestBody<QuarantineRequest> body, QuarantineDesk desk, [AsParameters] DecisionCall call) =>
        SourceRoute.DecideAsync(call, source, "Release", async caller =>
        {
            var decided = await desk.ReleaseAsync(source, body.Required.ToSelection(isRelease: true), caller, DecisionReason.Check(body.Required.Reason), call.Ct);
            return (decided.Replayed, decided.Rows.Count, decided.ToJson());
        });

    private static Task<IResult> DiscardAsync(string source, RequestBody<QuarantineRequest> body, QuarantineDesk desk, [AsParameters] DecisionCall call) =>
        SourceRoute.DecideAsync(call, source, "Discard", async caller =>
        {
            var decided = await desk.DiscardAsync(source, body.Required.ToSelection(isRelease: false), caller, DecisionReason.Check(body.Required.Reason), call.Ct);
            return (decided.Replayed, decided.Rows.Count, decided.ToJson());
        });

    private static JsonObject Describe(QuarantinedRow row, OriginalKeeper keeper, SourceState state)
    {
        state.Quarantine.TryFind(row.Seq, out var decision);
        var shown = keeper.Shown(row);
        var json = new JsonObject
        {
            ["seq"] = row.Seq,
            ["state"] = QuarantineLedger.StateOf(decision).ToString().ToLowerInvariant(),
            ["at"] = row.At.ToString(),
            ["row"] = row.Row,
            ["caller"] = row.Caller,
            ["version"] = row.Version,
            ["errors"] = ReasonJson.Errors(row.Problems),
            ["original"] = shown,
            ["form"] = row.Form.ToString().ToLowerInvariant(),
            ["whole"] = row.IsExact,
            ["bytes"] = row.Bytes,
        };
        if (row.KnownAt != KnownAtPolicy.Assigned)
        {
            json["known_at_from"] = row.KnownAt.Word;
        }

        if (row.StatedKnownAt is { } stated)
        {
            json["stated_known_at"] = stated.ToString();
        }

        if (row.Digest is not null)
        {
            json["digest"] = row.Digest;
        }

        return json;
    }

    private static bool TryState(string name, out QuarantineState? state)
    {
        state = name switch { "open" => QuarantineState.Open, "released" => QuarantineState.Released, "discarded" => QuarantineState.Discarded, _ => null };
        return state is not null || name == "all";
    }
}
