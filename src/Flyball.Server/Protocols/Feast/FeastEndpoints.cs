using System.Buffers;
using Flyball.Access;
using Flyball.Contracts;
using Flyball.Engine.Problems;
using Flyball.Features;
using Flyball.Features.Reads;
using Flyball.Problems;
using Flyball.Training;
using Flyball.Workspaces;

namespace Flyball.Server.Protocols.Feast;

/// <summary>
/// The routes that a Feast client calls. They translate: a feature view is a view, a feature service is a model's vector, a push source is a source,
/// whose rows go through its contract.
/// </summary>
internal static class FeastEndpoints
{
    private const string Tag = "feast";

    public static IEndpointRouteBuilder MapFeast(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/get-online-features", GetOnlineFeaturesAsync).RequirePermission(Permission.Read)
            .WithName("FeastGetOnlineFeatures").WithSummary("Features of many entities, as a Feast client asks for them").WithTags(Tag);
        routes.MapPost("/push", PushAsync).RequirePermission(Permission.WriteEvents)
            .WithName("FeastPush").WithSummary("Append rows of a source, as a Feast client pushes them").WithTags(Tag);
        routes.MapPost("/write-to-online-store", WriteAsync).RequirePermission(Permission.WriteEvents)
            .WithName("FeastWriteToOnlineStore").WithSummary("Append rows of a view's source").WithTags(Tag);
        routes.MapGet("/health", HealthAsync).RequirePermission(Permission.Open)
            .WithName("FeastHealth").WithSummary("200 when events can be stored and features read, else 503").WithTags(Tag);
        return routes;
    }

    private static async Task GetOnlineFeaturesAsync(HttpContext context, FeatureReader reader, ActiveProject project, ContractsOptions bounds)
    {
        var body = await JsonBody.ReadAsync(context, bounds.MaxBodyBytes);
        var asked = OnlineFeaturesRequest.Read(body.Span);
        var answer = asked.Service is { } service
            ? reader.Read(VectorOf(project, service), asked.Entities)
            : reader.Read(asked.Features!, ':', asked.Entities, null);
        CheckNames(asked, answer);
        context.Response.ContentType = "application/json";
        OnlineFeaturesAnswer.Write(context.Response.BodyWriter, asked, answer);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    private static async Task<IResult> PushAsync(HttpContext context, EventLog events, ContractsOptions bounds)
    {
        var request = PushRequest.Read(await JsonBody.ReadAsync(context, bounds.MaxBodyBytes), "push_source_name");
        return await StoreAsync(context, events, request.Target, request, bounds);
    }

    private static async Task<IResult> WriteAsync(HttpContext context, EventLog events, OnlineFeatures online, ContractsOptions bounds)
    {
        var request = PushRequest.Read(await JsonBody.ReadAsync(context, bounds.MaxBodyBytes), "feature_view_name");
        return online.Plans.EntityView(request.Target) is { } view
            ? await StoreAsync(context, events, view.Source.Source, request, bounds)
            : throw FeastJson.Wrong("feature_view_name", "There is no entity view of this name.", "GET /v1/features lists them.");
    }

    /// <summary>Stores good rows and puts the others aside, as every door does. The protocol's plain 200 would hide those, so it means that all are in.</summary>
    private static async Task<IResult> StoreAsync(HttpContext context, EventLog events, string source, PushRequest request, ContractsOptions bounds)
    {
        using var batch = events.NewBatch(source) ?? throw FeastJson.Wrong("push_source_name", "There is no source of this name.", "GET /v1/contracts lists them.");
        if (request.Rows > bounds.MaxRowsPerRequest)
        {
            throw FeastJson.Wrong("df", $"A request takes at most {bounds.MaxRowsPerRequest} rows.", "Send several requests. Nothing was stored.");
        }

        var buffer = new ArrayBufferWriter<byte>();
        for (var row = 0; row < request.Rows; row++)
        {
            batch.AddJson(request.Row(row, buffer));
        }

        var outcome = await events.IngestAsync(batch, new IngestTerms(context.Caller()), context.RequestAborted);
        if (!outcome.IsStored)
        {
            return ProblemResults.From(outcome.Problem);
        }

        var report = outcome.Report;
        if (report.Quarantined == 0 && report.Held == 0)
        {
            return Results.Ok();
        }

        var first = new Problem(
            "FLY3185",
            $"Of {report.Received} rows {report.Accepted} were stored, {report.Duplicates} were stored before, {report.Quarantined} broke the contract of {source} and are in quarantine, and {report.Held} are held.",
            Remedy: "Mend the rows that are named and push those alone: the others are in.");
        var answer = report.ToJson();
        answer["horizon"] = report.Horizon.Seq;
        return ProblemResults.From(
            [first, .. report.Reasons.SelectMany(r => r.Problems.Select(p => p with { Where = new ProblemLocation(Field: p.Where?.Field is { } f ? $"df.{f}[{r.Row}]" : $"df[{r.Row}]") }))], answer);
    }

    /// <summary>Touches what a read and a write need: an answer from memory alone would be good while the disk is gone.</summary>
    private static async Task<IResult> HealthAsync(Workspace workspace)
    {
        try
        {
            await workspace.Events.FlushAsync();
            return workspace.Events.Health.IsGood ? Results.Text("OK") : Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        }
        catch (FlyballException)
        {
            return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static FeatureVectorPlan VectorOf(ActiveProject project, string service) =>
        project.Current.Models.TryGetValue(service, out var model)
            ? model.Vector
            : throw FeastJson.Wrong("feature_service", "There is no model of this name.", "A feature service is a model: its vector under its name.");

    /// <summary>Two columns of one name could not be told apart.</summary>
    private static void CheckNames(OnlineFeaturesRequest asked, FeatureAnswer answer)
    {
        var names = new HashSet<string>(asked.Entities.Select(e => e.Name), StringComparer.Ordinal);
        foreach (var column in answer.Columns)
        {
            if (!names.Add(OnlineFeaturesAnswer.NameOf(column, asked.FullNames)))
            {
                throw FeastJson.Wrong("full_feature_names", $"Two columns of the answer would be called {OnlineFeaturesAnswer.NameOf(column, asked.FullNames)}.", "Set full_feature_names to true.");
            }
        }
    }
}
