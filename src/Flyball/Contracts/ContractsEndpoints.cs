using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Contracts.Corrections;
using Flyball.Contracts.Holds;
using Flyball.Contracts.Ingestion;
using Flyball.Contracts.Quarantine;
using Flyball.Contracts.Snapshots;
using Flyball.Contracts.Profiles;
using Flyball.Contracts.Quality;
using Flyball.Contracts.Windows;
using Flyball.Engine.Problems;
using Flyball.Problems;
using Flyball.Workspaces;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Flyball.Contracts;

/// <summary>The routes of contracts, events and quarantine.</summary>
public static class ContractsEndpoints
{
    /// <summary>Adds options and metrics with their defaults. The host adds the <see cref="EventLog"/>, replayed.</summary>
    public static IServiceCollection AddContracts(this IServiceCollection services)
    {
        services.AddMetrics();
        services.TryAddSingleton<ContractMetrics>();
        services.TryAddSingleton(new ContractsOptions());
        services.TryAddSingleton<ImportDoor>();
        services.TryAddSingleton(s => new QuarantineDesk(s.GetRequiredService<EventLog>(), s.GetRequiredService<Workspace>().Audit));
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(new LoopOptions(true));
        services.TryAddSingleton<QualityWatch>();
        services.AddHostedService<WatchLoop>();
        services.TryAddSingleton(s => new RetractionDesk(s.GetRequiredService<EventLog>(), s.GetRequiredService<Workspace>().Audit));
        services.TryAddSingleton(s => new HoldDesk(s.GetRequiredService<EventLog>(), s.GetRequiredService<Workspace>().Audit));
        return services;
    }

    /// <summary>Adds the profiles that the event log feeds, and what writes them.</summary>
    public static IServiceCollection AddSourceProfiles(this IServiceCollection services, SourceProfiles profiles) =>
        services.AddSingleton(profiles).AddHostedService<ProfileSaving>();

    /// <summary>Adds the snapshot of the event log's state, and what writes it.</summary>
    public static IServiceCollection AddEventSnapshots(this IServiceCollection services, string folder) => services
        .AddSingleton(s => new EventSnapshots(folder, s.GetRequiredService<EventLog>(), s.GetRequiredService<ILogger<EventSnapshots>>()))
        .AddHostedService<SnapshotSaving>();

    public static IEndpointRouteBuilder MapContracts(this IEndpointRouteBuilder routes)
    {
        ImportEndpoint.RemoveLeftovers(routes.ServiceProvider.GetService<Workspace>());
        routes.MapPost("/v1/events/{source}", PostEvents).RequirePermission(Permission.WriteEvents)
            .WithName("PostEvents").WithSummary("Append one event, an array of events, or NDJSON").WithTags("events");
        routes.MapPost("/v1/imports/{source}", ImportEndpoint.PostAsync).RequirePermission(Permission.WriteEvents)
            .WithName("PostImport").WithSummary("Put a file of history through the gate: CSV, TSV, NDJSON or Parquet").WithTags("events");
        routes.MapGet("/v1/contracts", ListContracts).RequirePermission(Permission.Read)
            .WithName("ListContracts").WithSummary("The contracts in force").WithTags("contracts");
        routes.MapGet("/v1/contracts/{source}", GetContract).RequirePermission(Permission.Read)
            .WithName("GetContract").WithSummary("One contract: columns and the whole document").WithTags("contracts");
        routes.MapQuarantine();
        routes.MapHolds();
        routes.MapRetractions();
        routes.MapGet("/v1/contracts/{source}/profile", ProfileEndpoint.Get).RequirePermission(Permission.Read)
            .WithName("GetProfile").WithSummary("What a source's rows looked like, over days").WithTags("contracts");
        routes.MapQuality();
        return routes;
    }

    /// <summary>Also the way of outcomes: they are rows of a label source.</summary>
    internal static async Task<IResult> PostEvents(string source, HttpContext context, EventLog log, ContractsOptions options, ILoggerFactory loggers, CancellationToken ct)
    {
        var logger = loggers.CreateLogger("Flyball.Contracts");
        if (log.NewBatch(source) is not { } batch)
        {
            return ProblemResults.From(SourceRoute.Unknown(source, log));
        }

        using (batch)
        {
            var request = await EventRequest.ReadAsync(context.Request, source, options, ct);
            if (request.Problem is { } refused)
            {
                return Refuse(logger, batch.Plan, refused);
            }

            var problem = request.IsLines
                ? EventBody.FillFromLines(batch, request.Body.Span, options.MaxRowsPerRequest)
                : EventBody.FillFromJson(batch, request.Body.Span, options.MaxRowsPerRequest);
            if (problem is not null)
            {
                return Refuse(logger, batch.Plan, problem);
            }

            var terms = new IngestTerms(context.Caller(), KnownAtPolicy.Assigned, request.Key, request.Digest);
            try
            {
                var outcome = await log.IngestAsync(batch, terms, ct);
                return outcome.IsStored ? Answer(logger, batch.Plan, outcome.Report, context.Response) : Refuse(logger, batch.Plan, outcome.Problem);
            }
            catch (FlyballException e)
            {
                return Refuse(logger, batch.Plan, e.Problem);
            }
        }
    }

    private static IResult Answer(ILogger logger, ContractPlan plan, IngestReport report, HttpResponse response)
    {
        if (report.Replayed)
        {
            response.Headers["Idempotent-Replayed"] = "true";
        }
        else if (report.Quarantined > 0)
        {
            Log.Quarantined(logger, plan.Source, report.Received, report.Quarantined, report.Reasons[0].Problems[0].Code);
        }

        if (report is { Batch: { } held, Replayed: false })
        {
            Log.Held(logger, plan.Source, report.Received, report.Held, held, report.Findings.Count);
        }

        var answer = report.ToJson();
        answer["horizon"] = report.Horizon.Seq;
        if (report.Received > 0 && report.Quarantined == report.Received)
        {
            return ProblemResults.From([.. report.Reasons.SelectMany(r => r.Problems).Take(IngestReport.MostReasons)], answer);
        }

        // Held rows are stored, and wait: the sender's part is done, and nothing is in yet.
        return Results.Json(answer, statusCode: report.Batch is null ? StatusCodes.Status200OK : StatusCodes.Status202Accepted);
    }

    private static IResult Refuse(ILogger logger, ContractPlan plan, Problem problem)
    {
        Log.Refused(logger, plan.Source, problem.Code);
        return ProblemResults.From(problem);
    }

    private static IResult ListContracts(EventLog log) =>
        Results.Json(new JsonObject { ["contracts"] = new JsonArray([.. log.Contracts.Plans.Select(p => (JsonNode)Describe(p, log))]) });

    private static IResult GetContract(string source, EventLog log)
    {
        if (log.Contracts.Find(source) is not { } plan)
        {
            return ProblemResults.From(SourceRoute.Unknown(source, log));
        }

        var contract = Describe(plan, log);
        contract["document"] = plan.Definition.Document.DeepClone();
        return Results.Json(contract);
    }

    private static JsonObject Describe(ContractPlan plan, EventLog log) => new()
    {
        ["source"] = plan.Source,
        ["id"] = plan.Definition.Id,
        ["version"] = plan.Version,
        ["status"] = plan.Definition.Status,
        ["digest"] = plan.Digest.Hex,
        ["fields"] = new JsonArray([.. plan.Fields.Select(f => (JsonNode)new JsonObject
        {
            ["name"] = f.Name,
            ["type"] = f.Kind.ToString().ToLowerInvariant(),
            ["required"] = f.Required,
            ["privacy"] = f.Privacy.ToString().ToLowerInvariant(),
        })]),
        ["eventTime"] = plan.IsTimedByArrival ? null : plan.Schema.Fields[plan.EventTimeIndex].Name,
        ["primaryKey"] = new JsonArray([.. plan.PrimaryKey.Select(i => (JsonNode)plan.Schema.Fields[i].Name)]),
        ["entities"] = new JsonArray([.. plan.Entities.Select(e => (JsonNode)new JsonObject { ["entity"] = e.Entity, ["field"] = e.Field })]),
        ["quarantined"] = log.QuarantineCount(plan.Source),
        ["held"] = log.StateOf(plan.Source)!.Holds.All().Where(b => b.State == HoldState.Open).Sum(b => b.Rows),
        ["accepts"] = log.Earlier.Find(plan.Source) is { } earlier
            ? new JsonObject
            {
                ["version"] = earlier.Plan.Version,
                ["until"] = earlier.Until.ToString(),
                ["open"] = log.Earlier.IsOpen(earlier),
                ["rows"] = log.Earlier.RowsOf(plan.Source),
            }
            : null,
        ["rules"] = plan.Quality.Count,
        ["notices"] = new JsonArray([.. plan.Quality.Notices.Select(n => (JsonNode)new JsonObject { ["code"] = n.Code, ["message"] = n.Message, ["where"] = n.Where.ToString(), ["remedy"] = n.Remedy })]),
        ["findings"] = log.Quality.CountOf(plan.Source),
    };
}
