using System.Text;
using Flyball.Access;
using Flyball.Contracts;
using Flyball.Contracts.Rows;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Monitoring.Measured;
using Flyball.Problems;
using Flyball.Training;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Flyball.Monitoring;

/// <summary>Monitoring's routes and services.</summary>
public static class MonitoringEndpoints
{
    public static IServiceCollection AddMonitoring(this IServiceCollection services)
    {
        services.TryAddSingleton<Alerts>();
        services.TryAddSingleton<DailyCheck>();
        services.TryAddSingleton<LabelHealth>();
        services.TryAddSingleton<FeatureFindings>();
        services.TryAddSingleton<ServedFeatures>();
        services.AddHostedService<MonitoringLoop>();
        services.AddHostedService<LabelLoop>();
        services.AddHostedService<FeatureCheckLoop>();
        return services;
    }

    /// <summary>Makes the services that listen to the event log; call before it is replayed.</summary>
    public static void StartMonitoring(this IServiceProvider services)
    {
        services.GetRequiredService<DailyCheck>();
        services.GetRequiredService<LabelHealth>();
    }

    public static IEndpointRouteBuilder MapMonitoring(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/outcomes/{model}", PostOutcomes).RequirePermission(Permission.WriteEvents);
        routes.MapPost("/v1/models/{model}/checks", Check).RequirePermission(Permission.Operate);
        routes.MapGet("/v1/models/{model}/checks", (string model, int? limit, DailyCheck check) =>
            Results.Json(new { checks = check.List(model, ListPage.Limit(limit, usual: 30)) }, MonitoringJson.Options)).RequirePermission(Permission.Read);
        routes.MapGet("/v1/contracts/{source}/labels", GetLabels).RequirePermission(Permission.Read)
            .WithName("GetLabels").WithSummary("How the labels of a source come in: conflicts, delay, coverage, base rate").WithTags("contracts");
        routes.MapGet("/v1/alerts", (string? model, int? limit, Alerts alerts) =>
            Results.Json(new { alerts = alerts.List(model, ListPage.Limit(limit, usual: 100)) }, MonitoringJson.Options)).RequirePermission(Permission.Read);
        return routes.MapFeatureChecks();
    }

    private static async Task<IResult> GetLabels(string source, LabelHealth labels, EventLog log, CancellationToken cancellation) =>
        log.Contracts.Find(source) is null
            ? ProblemResults.From(new Problem("FLY4004", "There is no contract for this source.", new ProblemLocation(Field: "source"), "GET /v1/contracts lists the sources."))
            : Results.Json(new { source, models = await labels.OfAsync(source, cancellation) }, MonitoringJson.Options);

    /// <summary>Outcomes are rows of the model's label source: they pass the same gate and count in the same way as any event.</summary>
    private static Task<IResult> PostOutcomes(
        string model, HttpContext context, ActiveProject project, EventLog log, ContractsOptions options, ILoggerFactory loggers, CancellationToken cancellation) =>
        project.Current.Models.TryGetValue(model, out var plan)
            ? ContractsEndpoints.PostEvents(plan.LabelSource.Source, context, log, options, loggers, cancellation)
            : Task.FromResult(ProblemResults.From(new Problem("FLY4004", "There is no model of this name.", new ProblemLocation(Field: "model"))));

    /// <summary>Checks a window; without one, the last whole day.</summary>
    private static async Task<IResult> Check(string model, RequestBody<CheckWindow> window, DailyCheck check, TimeProvider time, CancellationToken cancellation)
    {
        var today = EventTime.From(time.GetUtcNow()).Micros / Clock.MicrosPerDay;
        var (from, to) = (new EventTime((today - 1) * Clock.MicrosPerDay), new EventTime(today * Clock.MicrosPerDay));
        if (!TryTime(window.Given?.From, ref from) || !TryTime(window.Given?.To, ref to) || to <= from)
        {
            return ProblemResults.From(new Problem("FLY3002", "from and to are times with an offset, from before to.", new ProblemLocation(Field: "from")));
        }

        return Results.Json(await check.RunAsync(model, from, to, cancellation), MonitoringJson.Options);
    }

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

    private sealed record CheckWindow(string? From = null, string? To = null);
}
