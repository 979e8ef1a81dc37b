using System.Text.Json;
using Flyball.Access;
using Flyball.Registry.Events;
using Flyball.Registry.Webhooks;
using static Flyball.Server.Protocols.Mlflow.RegistryAccess;

namespace Flyball.Server.Protocols.Mlflow;

/// <summary>The protocol's webhooks: the registry's own under other names. Events that the protocol does not have are kept and not shown.</summary>
internal static class WebhookRoutes
{
    private const string One = "/webhooks/{webhook_id}";
    private const int MostResults = 500;
    private const int UsualResults = 100;

    /// <summary>What a client of the protocol can read; it fails at any other pair.</summary>
    private static readonly HashSet<(string, string)> Told =
    [
        (EventNames.Model, EventNames.Created), (EventNames.Version, EventNames.Created), (EventNames.VersionTag, EventNames.Set),
        (EventNames.VersionTag, EventNames.Deleted), (EventNames.VersionAlias, EventNames.Created), (EventNames.VersionAlias, EventNames.Deleted),
    ];

    public static IEnumerable<MlflowRoute> All { get; } =
    [
        new("POST", "/webhooks", Permission.Operate, "Deliver events of the registry to a URL", CreateAsync),
        MlflowRoute.Get("/webhooks", "Where events are delivered to", List),
        MlflowRoute.Get(One, "One webhook", call => Answer(Found(call))),
        new("PATCH", One, Permission.Operate, "Change a webhook", UpdateAsync),
        new("DELETE", One, Permission.Operate, "Take a webhook away", call => ExperimentRoutes.DoneAsync(MadeAsync(Webhooks(call).DeleteAsync(Found(call).Id, call.CallerOf(), null, call.Stop)))),
        new("POST", One + "/test", Permission.Operate, "Send an example now", TestAsync),
    ];

    private static RegistryWebhooks Webhooks(MlflowCall call) => call.Context.RequestServices.GetRequiredService<RegistryWebhooks>();

    private static Webhook Found(MlflowCall call)
    {
        var id = call.Required("webhook_id");
        return Webhooks(call).Find(id) ?? throw new MlflowException(MlflowErrors.Absent, $"Webhook with ID {id} not found.");
    }

    private static async Task<MlflowAnswer> CreateAsync(MlflowCall call)
    {
        var draft = new WebhookDraft
        {
            Name = call.Required("name"),
            Url = call.Required("url"),
            Events = Events(call) ?? throw MlflowException.Missing("events"),
            Description = call.Text("description"),
            Secret = call.Text("secret"),
            Status = call.Text("status"),
        };
        return Answer(await MadeAsync(Webhooks(call).CreateAsync(draft, call.CallerOf(), call.Stop)));
    }

    private static async Task<MlflowAnswer> UpdateAsync(MlflowCall call)
    {
        var draft = new WebhookDraft
        {
            Name = call.Text("name"),
            Url = call.Text("url"),
            Events = Events(call),
            Description = call.Text("description"),
            Secret = call.Text("secret"),
            Status = call.Text("status"),
        };
        return Answer(await MadeAsync(Webhooks(call).UpdateAsync(Found(call).Id, draft, call.CallerOf(), call.Stop)));
    }

    private static MlflowAnswer List(MlflowCall call)
    {
        var limit = call.Limit(MostResults, UsualResults);
        var offset = call.Text("page_token") is { Length: > 0 } token ? (int)Math.Clamp(MlflowValue.Whole(token, "page_token"), 0, int.MaxValue - MostResults) : 0;
        var found = Webhooks(call).List(limit + 1, offset);
        return new MlflowAnswer(json =>
        {
            MlflowJson.List(json, "webhooks", [.. found.Take(limit)], Write);
            MlflowJson.Given(json, "next_page_token", found.Count > limit ? MlflowJson.Text(offset + limit) : null);
        });
    }

    private static async Task<MlflowAnswer> TestAsync(MlflowCall call)
    {
        var example = call.Item("event") is { } given ? Event(given, "event") : null;
        var found = Found(call);
        var result = await Webhooks(call).TestAsync(found.Id, example, call.CallerOf(), call.Stop) ?? throw new MlflowException(MlflowErrors.Absent, $"Webhook with ID {found.Id} not found.");
        return new MlflowAnswer(json =>
        {
            json.WriteStartObject("result");
            json.WriteBoolean("success", result.Ok);
            if (result.Status is { } status)
            {
                json.WriteNumber("response_status", status);
            }

            // What the receiver wrote is not read: it may stand in a network that the caller does not reach.
            MlflowJson.Given(json, "error_message", result.Error);
            json.WriteEndObject();
        });
    }

    /// <summary>Null when they are absent.</summary>
    private static IReadOnlyList<WebhookEvent>? Events(MlflowCall call) => call.Has("events") ? [.. call.Items("events").Select((item, i) => Event(item, $"events[{MlflowJson.Text(i)}]"))] : null;

    /// <summary>The protocol's names are the registry's in capitals.</summary>
    private static WebhookEvent Event(JsonElement item, string path) => new(Lower(MlflowCall.RequiredOf(item, "entity", $"{path}.entity")), Lower(MlflowCall.RequiredOf(item, "action", $"{path}.action")));

    private static string Lower(string name) => name.ToLowerInvariant();

    private static MlflowAnswer Answer(Webhook webhook) => new(json =>
    {
        json.WritePropertyName("webhook");
        Write(json, webhook);
    });

    private static void Write(Utf8JsonWriter json, Webhook webhook)
    {
        json.WriteStartObject();
        json.WriteString("webhook_id", webhook.Id);
        json.WriteString("name", webhook.Name);
        MlflowJson.Given(json, "description", webhook.Description);
        json.WriteString("url", webhook.Url);
        MlflowJson.List(json, "events", [.. webhook.Events.Where(e => Told.Contains((e.Entity, e.Action)))], (j, told) =>
        {
            j.WriteStartObject();
            j.WriteString("entity", told.Entity.ToUpperInvariant());
            j.WriteString("action", told.Action.ToUpperInvariant());
            j.WriteEndObject();
        });
        json.WriteString("status", webhook.Status);
        json.WriteNumber("creation_timestamp", webhook.CreatedMicros / 1_000);
        json.WriteNumber("last_updated_timestamp", webhook.UpdatedMicros / 1_000);
        json.WriteEndObject();
    }
}
