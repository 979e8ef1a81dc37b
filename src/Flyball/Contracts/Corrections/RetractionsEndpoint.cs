using Flyball.Access;
using Flyball.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Flyball.Contracts.Corrections;

/// <summary>The route of rows that are taken back.</summary>
internal static class RetractionsEndpoint
{
    public static void MapRetractions(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/retractions/{source}", PostAsync).RequirePermission(Permission.Operate)
            .WithName("PostRetractions").WithSummary("Take rows back that never should have counted").WithTags("events");

    private static Task<IResult> PostAsync(string source, RequestBody<RetractRequest> body, RetractionDesk desk, [AsParameters] DecisionCall call) =>
        SourceRoute.DecideAsync(call, source, "Retraction", async caller =>
        {
            var report = await desk.RetractAsync(source, body.Required.Rows, caller, DecisionReason.Check(body.Required.Reason), call.Ct);
            return (report.Retracted == 0, report.Retracted, report.ToJson());
        });
}
