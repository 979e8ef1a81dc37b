using System.Text;
using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Contracts.Rows;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Problems;
using Flyball.Training;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Flyball.Serving.Logged;

/// <summary>The routes of the prediction log.</summary>
public static class LoggedEndpoints
{
    private const int Usual = 100;

    private static readonly string[] Rungs = [.. Enum.GetValues<Rung>().Select(RungNames.Of), .. Enum.GetValues<Degradation.FeatureOrigin>().Select(RungNames.Of).OfType<string>()];

    internal static IServiceCollection AddLogged(this IServiceCollection services)
    {
        services.TryAddSingleton<PredictionSearch>();
        services.TryAddSingleton<LoggedJson>();
        return services;
    }

    /// <summary>Keeps the index near the end of the log while the server runs.</summary>
    public static IServiceCollection AddPredictionIndex(this IServiceCollection services) => services.AddHostedService<PredictionIndexLoop>();

    internal static IEndpointRouteBuilder MapLogged(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/predictions/{requestId}", ShowAsync).RequirePermission(Permission.Read)
            .WithName("GetPrediction").WithSummary("One logged prediction, with its request, features and answer").WithTags("predictions");
        routes.MapGet("/v1/models/{model}/predictions", ListAsync).RequirePermission(Permission.Read)
            .WithName("GetPredictions").WithSummary("Logged predictions of a model by their instant").WithTags("predictions");
        return routes;
    }

    private static async Task<IResult> ShowAsync(string requestId, [FromServices] PredictionSearch search, [FromServices] LoggedJson json, CancellationToken cancellation) =>
        await search.FindAsync(requestId, cancellation) is { } found
            ? Results.Json(json.Whole(found))
            : ProblemResults.From(new Problem("FLY4004", "No logged prediction has this request id.", new ProblemLocation(Field: "request_id"), "Logging is best effort unless the model's file says log: required; flyball_prediction_log_dropped_total counts what was dropped."));

    private static async Task<IResult> ListAsync(
        string model, [AsParameters] Asked asked, [FromServices] PredictionSearch search, [FromServices] ActiveProject project, CancellationToken cancellation)
    {
        List<Problem> problems = [];
        var query = asked.Query(model, problems);
        if (problems.Count > 0)
        {
            return ProblemResults.From(problems);
        }

        if (!project.Current.Models.ContainsKey(model) && !search.Holds(model, cancellation))
        {
            return ProblemResults.From(new Problem("FLY4004", "There is no model of this name, and the log holds no prediction of one.", new ProblemLocation(Field: "model"), "GET /v1/models lists them."));
        }

        var page = await search.ListAsync(query, cancellation);
        return Results.Json(new JsonObject
        {
            ["model"] = model,
            ["order"] = query.OldestFirst ? "oldest" : "newest",
            ["predictions"] = new JsonArray([.. page.Predictions.Select(p => (JsonNode)LoggedJson.Brief(p))]),
            ["next"] = page.Next,
        });
    }

    /// <summary>The words of the query.</summary>
    private sealed record Asked(string? From, string? To, long? After, int? Limit, int? Version, string? Rung, string? Order)
    {
        public PredictionQuery Query(string model, List<Problem> problems)
        {
            var (from, to) = (Instant(From, "from", problems), Instant(To, "to", problems));
            Check(from >= to, "from", "'from' should be before 'to'.", problems);
            Check(Rung is not null && !Rungs.Contains(Rung, StringComparer.Ordinal), "rung", $"'rung' should be one of {string.Join(", ", Rungs)}.", problems);
            Check(Order is not (null or "newest" or "oldest"), "order", "'order' should be newest or oldest.", problems);
            if (ListPage.Check(Limit ?? Usual, After ?? 0) is { } page)
            {
                problems.Add(page);
            }

            return new PredictionQuery(model, Limit ?? Usual) { From = from, To = to, After = After, Version = Version, Rung = Rung, OldestFirst = Order == "oldest" };
        }

        private static void Check(bool wrong, string field, string message, List<Problem> problems)
        {
            if (wrong)
            {
                problems.Add(new Problem("FLY3002", message, new ProblemLocation(Field: field)));
            }
        }

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

            problems.Add(new Problem("FLY3002", $"'{field}' is not a time with an offset.", new ProblemLocation(Field: field), "Write it as 2018-04-01T00:00:00Z."));
            return null;
        }
    }
}
