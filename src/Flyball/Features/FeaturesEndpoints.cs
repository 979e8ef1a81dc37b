using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Contracts;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Engine.Windows;
using Flyball.Features.Online;
using Flyball.Features.Reads;
using Flyball.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Flyball.Features;

/// <summary>Features' routes.</summary>
public static class FeaturesEndpoints
{
    public static IEndpointRouteBuilder MapFeatures(this IEndpointRouteBuilder routes)
    {
        // What is measured when somebody asks exists from the start on.
        _ = routes.ServiceProvider.GetService<FeatureMetrics>();
        routes.MapGet("/v1/features/{view}/{key}", Lookup).RequirePermission(Permission.Read)
            .WithName("GetFeatures").WithSummary("The features of one entity at an instant").WithTags("features");
        routes.MapPost("/v1/features", FeatureReadEndpoint.PostAsync).RequirePermission(Permission.Read)
            .WithName("ReadFeatures").WithSummary("Features of several views for many entities at an instant").WithTags("features");
        return routes;
    }

    /// <summary>Adds the reader of features, their metrics, and what keeps their memory bounded. The host adds <see cref="OnlineFeatures"/>.</summary>
    public static IServiceCollection AddFeatures(this IServiceCollection services) =>
        services.AddMetrics().AddSingleton<FeatureReader>().AddSingleton<FeatureMetrics>().AddHostedService<FeatureUpkeep>();

    /// <summary>What a view holds in memory, for the list of features.</summary>
    public static JsonObject Usage(OnlineFeatures online, EntityFeatureView view)
    {
        var usage = online.UsageOf(view);
        return new JsonObject
        {
            ["entities"] = usage.Entities,
            ["rows"] = usage.Rows,
            ["bytes"] = usage.Bytes,
            ["trimmed"] = usage.Trimmed,
            ["answersFrom"] = online.EarliestOf(view)?.ToString(),
        };
    }

    /// <summary>Values of one entity at an instant; now when none is given.</summary>
    private static IResult Lookup(string view, string key, string? at, FeatureReader reader, EventLog events, TimeProvider time)
    {
        var online = reader.Online;
        if (online.Plans.EntityView(view) is not { } plan)
        {
            return ProblemResults.From(new Problem("FLY4004", "There is no entity view of this name.", new ProblemLocation(Field: "view"), $"Known views: {string.Join(", ", online.Plans.EntityViews.Select(v => v.Name))}."));
        }

        if (KeyOf(plan, key) is not { } given)
        {
            return ProblemResults.From(new Problem("FLY3102", $"The key is not of the entity's type, {plan.Source.Schema.Fields[plan.EntityIndex].Type}.", new ProblemLocation(Field: "key")));
        }

        // A personal key is looked up by its token, as its events were stored.
        var value = plan.Source.ProtectKey(plan.EntityIndex, given);
        var instant = EventTime.From(time.GetUtcNow());
        if (at is not null)
        {
            if (!Rfc3339.TryRead(System.Text.Encoding.UTF8.GetBytes(at), out var micros))
            {
                return ProblemResults.From(new Problem("FLY3108", "at is not a time with an offset, such as 2018-04-01T00:00:00Z.", new ProblemLocation(Field: "at")));
            }

            instant = new EventTime(micros);
        }

        var horizon = events.Applied;
        var values = new Value[plan.Plan.Features.Count];
        var told = new FeatureStatus[values.Length];
        if (!online.Evaluate(plan, value, instant, horizon, values, told))
        {
            throw reader.TooEarly(plan, instant);
        }

        var document = new JsonObject();
        var statuses = new JsonObject();
        for (var i = 0; i < values.Length; i++)
        {
            var name = plan.Plan.Features[i].Name;
            document[name] = Node(values[i]);
            statuses[name] = FeatureStatusNames.Of(told[i]).ToString();
        }

        return Results.Json(new JsonObject
        {
            ["view"] = view,
            ["key"] = Node(value),
            ["at"] = instant.ToString(),
            ["horizon"] = horizon.Seq,
            ["values"] = document,
            ["statuses"] = statuses,
        });
    }

    private static Value? KeyOf(EntityFeatureView view, string text) => view.Source.Schema.Fields[view.EntityIndex].Type switch
    {
        ScalarType.Text => Value.FromText(text),
        ScalarType.Integer => long.TryParse(text, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out var number) ? Value.FromInteger(number) : null,
        _ => null,
    };

    private static JsonValue? Node(Value value) => value.IsNull ? null : value.Kind switch
    {
        ScalarType.Boolean => JsonValue.Create(value.AsBoolean),
        ScalarType.Integer => JsonValue.Create(value.AsInteger),
        ScalarType.Number => JsonValue.Create(value.AsNumber),
        ScalarType.Timestamp => JsonValue.Create(value.AsTimestamp.ToString()),
        _ => JsonValue.Create(value.AsText),
    };
}
