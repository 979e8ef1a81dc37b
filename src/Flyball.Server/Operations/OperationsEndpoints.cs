using Flyball.Access;
using Flyball.Serving;
using Flyball.Workspaces;
using Microsoft.AspNetCore.Mvc;

namespace Flyball.Server.Operations;

/// <summary>Health, metrics and the description of the interface.</summary>
internal static class OperationsEndpoints
{
    public static IEndpointRouteBuilder MapOperations(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", () => Results.Json(new { status = "live" })).RequirePermission(Permission.Open);
        routes.MapGet("/health/startup", () => Results.Json(new { status = "started" })).RequirePermission(Permission.Open);
        routes.MapGet("/health/ready", Ready).RequirePermission(Permission.Open);
        routes.MapGet("/metrics", (PrometheusText metrics) => Results.Text(metrics.Write(), "text/plain; version=0.0.4; charset=utf-8")).RequirePermission(Permission.Open);
        routes.MapOpenApi("/openapi/v1.json").RequirePermission(Permission.Open);
        return routes;
    }

    /// <summary>Ready while events can be acknowledged and nobody told it to stop; the deployed versions are loaded before the server listens.</summary>
    private static IResult Ready(Workspace workspace, TrafficPlans traffic, [FromServices] Draining draining)
    {
        var health = workspace.Events.Health;
        var good = health.IsGood;

        // The others are served: one damaged version is no reason to take the server out of service.
        var degraded = traffic.Degraded.OrderBy(d => d.Key, StringComparer.Ordinal).Select(d => new { model = d.Key, code = d.Value.Code, reason = d.Value.Message });
        var body = new { status = draining.IsOn ? "draining" : good ? "ready" : "event log broken", shortage = health.Shortage?.Code, models = traffic.All.Keys.Order(StringComparer.Ordinal), degraded, horizon = workspace.Events.Durable.Seq };
        return Results.Json(body, statusCode: good && !draining.IsOn ? 200 : 503);
    }
}
