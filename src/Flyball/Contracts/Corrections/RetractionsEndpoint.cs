using Flyball.Access;
using Flyball.Engine.Problems;
using Flyball.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Flyball.Contracts.Corrections;

/// <summary>The route of rows that are taken back.</summary>
internal static class RetractionsEndpoint
{
    public static void MapRetractions(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/retractions/{source}", PostAsync).RequirePermission(Permission.Operate)
            .WithName("PostRetractions").WithSummary("Take rows back that never should have counted").WithTags("events");

    private static async Task<IResult> PostAsync(
        string source, RequestBody<RetractRequest> body, HttpContext context, EventLog log, RetractionDesk desk, ILoggerFactory loggers, CancellationToken ct)
    {
        try
        {
            if (log.StateOf(source) is null)
            {
                return ProblemResults.From(ContractsEndpoints.UnknownSource(source, log));
            }

            var reason = DecisionReason.Check(body.Required.Reason);
            var report = await desk.RetractAsync(source, body.Required.Rows, context.Caller(), reason, ct);
            if (report.Retracted > 0)
            {
                Log.Decided(loggers.CreateLogger("Flyball.Contracts"), source, "Retraction", context.Caller().Name, report.Retracted);
            }

            return Results.Json(report.ToJson());
        }
        catch (FlyballException e)
        {
            return ProblemResults.From(e.Problem);
        }
    }
}
