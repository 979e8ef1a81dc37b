using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Contracts.Ingestion;
using Flyball.Contracts.Quality;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Problems;
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
    private const int MostQuarantined = 1_000;

    /// <summary>Adds options and metrics with their defaults. The host adds the <see cref="EventLog"/>, replayed.</summary>
    public static IServiceCollection AddContracts(this IServiceCollection services)
    {
        services.AddMetrics();
        services.TryAddSingleton<ContractMetrics>();
        services.TryAddSingleton(new ContractsOptions());
        return services;
    }

    public static IEndpointRouteBuilder MapContracts(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/events/{source}", PostEvents).RequirePermission(Permission.WriteEvents)
            .WithName("PostEvents").WithSummary("Append one event, an array of events, or NDJSON").WithTags("events");
        routes.MapPost("/v1/imports/{source}", ImportEndpoint.PostAsync).RequirePermission(Permission.WriteEvents)
            .WithName("PostImport").WithSummary("Put a file of history through the gate: CSV, TSV or NDJSON").WithTags("events");
        routes.MapGet("/v1/contracts", ListContracts).RequirePermission(Permission.Read)
            .WithName("ListContracts").WithSummary("The contracts in force").WithTags("contracts");
        routes.MapGet("/v1/contracts/{source}", GetContract).RequirePermission(Permission.Read)
            .WithName("GetContract").WithSummary("One contract: columns and the whole document").WithTags("contracts");
        routes.MapGet("/v1/quarantine/{source}", GetQuarantine).RequirePermission(Permission.Read)
            .WithName("GetQuarantine").WithSummary("Rows that were put aside, with their reasons").WithTags("contracts");
        routes.MapQuality();
        return routes;
    }

    /// <summary>Also the way of outcomes: they are rows of a label source.</summary>
    internal static async Task<IResult> PostEvents(string source, HttpContext context, EventLog log, ContractsOptions options, ILoggerFactory loggers, CancellationToken ct)
    {
        var logger = loggers.CreateLogger("Flyball.Contracts");
        if (log.NewBatch(source) is not { } batch)
        {
            return ProblemResults.From(UnknownSource(source, log));
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

        var answer = report.ToJson();
        answer["horizon"] = report.Horizon.Seq;
        if (report.Received > 0 && report.Quarantined == report.Received)
        {
            return ProblemResults.From([.. report.Reasons.SelectMany(r => r.Problems).Take(IngestReport.MostReasons)], answer);
        }

        return Results.Json(answer);
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
            return ProblemResults.From(UnknownSource(source, log));
        }

        var contract = Describe(plan, log);
        contract["document"] = plan.Definition.Document.DeepClone();
        return Results.Json(contract);
    }

    private static IResult GetQuarantine(string source, EventLog log, long after = 0, int limit = 100)
    {
        if (log.Contracts.Find(source) is null)
        {
            return ProblemResults.From(UnknownSource(source, log));
        }

        if (after < 0 || limit is < 1 or > MostQuarantined)
        {
            return ProblemResults.From(new Problem("FLY3002", $"'after' should be 0 or more, and 'limit' between 1 and {MostQuarantined}."));
        }

        var rows = log.ReadQuarantine(source, new Horizon(after), limit);
        var answer = new JsonArray();
        foreach (var row in rows)
        {
            var reason = new IngestReport(1, 0, 1, 0, [new RowReason(row.Row, row.Problems)], default).ToJson()["reasons"]![0]!;
            answer.Add((JsonNode)new JsonObject
            {
                ["seq"] = row.Seq,
                ["at"] = row.At.ToString(),
                ["row"] = row.Row,
                ["caller"] = row.Caller,
                ["version"] = row.Version,
                ["errors"] = reason["errors"]!.DeepClone(),
                ["original"] = row.Original,
            });
        }

        return Results.Json(new JsonObject
        {
            ["source"] = source,
            ["total"] = log.QuarantineCount(source),
            ["rows"] = answer,
            ["next"] = rows.Count == limit ? rows[^1].Seq : null,
        });
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
            ["type"] = f.IsDate ? "date" : f.Type.ToString().ToLowerInvariant(),
            ["required"] = f.Required,
        })]),
        ["eventTime"] = plan.IsTimedByArrival ? null : plan.Schema.Fields[plan.EventTimeIndex].Name,
        ["primaryKey"] = new JsonArray([.. plan.PrimaryKey.Select(i => (JsonNode)plan.Schema.Fields[i].Name)]),
        ["entities"] = new JsonArray([.. plan.Entities.Select(e => (JsonNode)new JsonObject { ["entity"] = e.Entity, ["field"] = e.Field })]),
        ["quarantined"] = log.QuarantineCount(plan.Source),
        ["rules"] = plan.Quality.Count,
        ["notices"] = new JsonArray([.. plan.Quality.Notices.Select(n => (JsonNode)new JsonObject { ["code"] = n.Code, ["message"] = n.Message, ["where"] = n.Where.ToString(), ["remedy"] = n.Remedy })]),
        ["findings"] = log.Quality.CountOf(plan.Source),
    };

    private static Problem UnknownSource(string source, EventLog log)
    {
        var nearest = Projects.NearestName.Of(source, log.Contracts.Plans.Select(p => p.Source));
        return new Problem("FLY4004", "There is no contract for this source.", Remedy: nearest is null ? "GET /v1/contracts lists the sources." : $"Did you mean '{nearest}'?");
    }
}
