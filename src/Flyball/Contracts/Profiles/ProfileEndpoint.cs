using System.Globalization;
using System.Text.Json.Nodes;
using Flyball.Engine.Problems;
using Flyball.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Flyball.Contracts.Profiles;

/// <summary><c>GET /v1/contracts/{source}/profile</c>: the merged profile of a source's days.</summary>
internal static class ProfileEndpoint
{
    public static IResult Get(string source, string? from, string? to, EventLog log, [FromServices] SourceProfiles profiles)
    {
        var good = TryReadDay(from, out var first) & TryReadDay(to, out var end);
        if (!good || (first is { } a && end is { } b && a >= b))
        {
            return ProblemResults.From(new Problem(
                "FLY3040", "'from' and 'to' are UTC days of the form 2026-01-31, and 'from' is the earlier one.", Remedy: "'to' is the day after the last: from=2026-01-01&to=2026-02-01 is January."));
        }

        if (profiles.Read(source, first, end) is not { } span)
        {
            return ProblemResults.From(SourceRoute.Unknown(source, log));
        }

        var answer = new JsonObject
        {
            ["source"] = source,
            ["days"] = span.Days.Count,
            ["first_day"] = span.Days.Count > 0 ? span.Days[0] : null,
            ["last_day"] = span.Days.Count > 0 ? span.Days[^1] : null,
            ["incomplete_days"] = new JsonArray([.. span.Incomplete.Select(d => (JsonNode)JsonValue.Create(d))]),
            ["other_days_rows"] = span.OtherRows,
            ["up_to"] = span.UpTo,
        };
        foreach (var (name, value) in ProfileReport.Of(span.Profile).ToList())
        {
            answer[name] = value?.DeepClone();
        }

        return Results.Json(answer);
    }

    private static bool TryReadDay(string? text, out DateOnly? day)
    {
        day = null;
        if (text is null)
        {
            return true;
        }

        var good = DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date);
        day = good ? date : null;
        return good;
    }
}
