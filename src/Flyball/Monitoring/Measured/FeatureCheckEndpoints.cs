using System.Text;
using Flyball.Access;
using Flyball.Contracts.Rows;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Flyball.Monitoring.Measured;

/// <summary>The routes of feature checks.</summary>
internal static class FeatureCheckEndpoints
{
    public static IEndpointRouteBuilder MapFeatureChecks(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/models/{model}/feature-checks", CheckAsync).RequirePermission(Permission.Operate)
            .WithName("CheckFeatures").WithSummary("Measure the features a model served and hold them to their checks").WithTags("features");
        routes.MapGet("/v1/feature-findings", (string? model, string? feature, int? limit, FeatureFindings findings) =>
                Results.Json(new { checks = findings.List(model, feature, ListPage.Limit(limit, usual: 100)) }, MonitoringJson.Options)).RequirePermission(Permission.Read)
            .WithName("ListFeatureFindings").WithSummary("What checks of features found, newest first").WithTags("features");
        return routes;
    }

    /// <summary>The last 24 hours unless a window is given.</summary>
    private static async Task<IResult> CheckAsync(string model, string? from, string? to, ServedFeatures features, TimeProvider time, CancellationToken cancellation)
    {
        var end = EventTime.From(time.GetUtcNow());
        if (!TryTime(to, ref end))
        {
            return Wrong("to");
        }

        var start = new EventTime(end.Micros - Clock.MicrosPerDay);
        return !TryTime(from, ref start) || start >= end ? Wrong("from") : Results.Json(await features.RunAsync(model, start, end, cancellation), MonitoringJson.Options);
    }

    private static IResult Wrong(string field) =>
        ProblemResults.From(new Problem("FLY3002", "from and to are times with an offset, from before to.", new ProblemLocation(Field: field), "Write them as 2018-04-01T00:00:00Z."));

    private static bool TryTime(string? text, ref EventTime time)
    {
        if (text is null)
        {
            return true;
        }

        var good = Rfc3339.TryRead(Encoding.UTF8.GetBytes(text), out var micros);
        time = good ? new EventTime(micros) : time;
        return good;
    }
}
