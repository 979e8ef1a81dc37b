using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Engine.Problems;
using Flyball.Problems;
using Flyball.Projects;
using Microsoft.AspNetCore.Http;

namespace Flyball.Contracts;

/// <summary>What the routes of a source share: the source exists, a page is bounded, a decision names who made it.</summary>
internal static class SourceRoute
{
    /// <summary>Answers for a source that exists.</summary>
    public static IResult Of(string source, EventLog log, Func<SourceState, IResult> answer) =>
        log.StateOf(source) is { } state ? answer(state) : ProblemResults.From(Unknown(source, log));

    /// <summary>Answers with a page of what a source that exists has.</summary>
    public static IResult PageOf(string source, EventLog log, Problem? refused, Func<SourceState, IResult> answer) =>
        Of(source, log, state => refused is null ? answer(state) : ProblemResults.From(refused));

    /// <summary>Lets a person decide, and tells it to the log when it was decided now.</summary>
    /// <param name="call">The call.</param>
    /// <param name="source">The source.</param>
    /// <param name="what">What is decided, for the log.</param>
    /// <param name="decide">Decides, for the caller.</param>
    public static async Task<IResult> DecideAsync(
        DecisionCall call, string source, string what, Func<Caller, Task<(bool Replayed, long Rows, JsonObject Answer)>> decide)
    {
        if (call.Log.StateOf(source) is null)
        {
            return ProblemResults.From(Unknown(source, call.Log));
        }

        try
        {
            var caller = call.Context.Caller();
            var (replayed, rows, answer) = await decide(caller);
            if (!replayed)
            {
                Log.Decided(call.Loggers.CreateLogger("Flyball.Contracts"), source, what, caller.Name, rows);
            }

            return Results.Json(answer);
        }
        catch (FlyballException e)
        {
            return ProblemResults.From(e.Problem);
        }
    }

    /// <summary>For a source that is not there.</summary>
    public static Problem Unknown(string source, EventLog log)
    {
        var nearest = NearestName.Of(source, log.Contracts.Plans.Select(p => p.Source));
        return new Problem("FLY4004", "There is no contract for this source.", new ProblemLocation(Field: "source"), nearest is null ? "GET /v1/contracts lists the sources." : $"Did you mean '{nearest}'?");
    }
}
