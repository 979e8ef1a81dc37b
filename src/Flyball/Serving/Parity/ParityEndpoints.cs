using System.Text;
using Flyball.Access;
using Flyball.Contracts.Rows;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Flyball.Serving.Parity;

/// <summary>The routes of feature parity.</summary>
internal static class ParityEndpoints
{
    private const int Usual = 1_000;
    private const int Most = 100_000;

    public static IEndpointRouteBuilder MapParity(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/models/{model}/parity", CheckAsync).RequirePermission(Permission.Operate)
            .WithName("CheckParity").WithSummary("Compare served feature vectors with the offline path, and record what was found").WithTags("features");
        routes.MapGet("/v1/models/{model}/parity", Last).RequirePermission(Permission.Read)
            .WithName("GetParity").WithSummary("The last recorded comparison of served feature vectors").WithTags("features");
        return routes;
    }

    private static async Task<IResult> CheckAsync(
        string model, int? sample, string? from, string? to, long? seed, HttpContext context, FeatureParity parity, CancellationToken cancellation)
    {
        List<Problem> problems = [];
        var (start, end) = (Instant(from, "from", problems), Instant(to, "to", problems));
        if (sample is < 1 or > Most)
        {
            problems.Add(new Problem("FLY3002", $"sample is from 1 to {Most}.", new ProblemLocation(Field: "sample")));
        }

        if (start >= end)
        {
            problems.Add(new Problem("FLY3002", "from is before to.", new ProblemLocation(Field: "from")));
        }

        return problems.Count > 0
            ? ProblemResults.From(problems)
            : Results.Json((await parity.CheckAsync(new ParityQuery(model, sample ?? Usual, start, end, (ulong)(seed ?? 0)), context.Caller(), cancellation)).ToJson());
    }

    private static IResult Last(string model, FeatureParity parity) => parity.Last(model) is { } last
        ? Results.Json(last)
        : ProblemResults.From(new Problem("FLY4004", "No served vector of this model was compared yet.", new ProblemLocation(Field: "model"), "POST the same path compares now."));

    private static EventTime? Instant(string? text, string field, List<Problem> problems)
    {
        if (text is null)
        {
            return null;
        }

        if (Rfc3339.TryRead(Encoding.UTF8.GetBytes(text), out var micros))
        {
            return new EventTime(micros);
        }

        problems.Add(new Problem("FLY3002", $"{field} is not a time with an offset.", new ProblemLocation(Field: field), "Write it as 2018-04-01T00:00:00Z."));
        return null;
    }
}
