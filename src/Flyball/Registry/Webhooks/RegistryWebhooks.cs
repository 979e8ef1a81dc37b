using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Registry.Events;
using Flyball.Storage.Catalogs;

namespace Flyball.Registry.Webhooks;

/// <summary>Where events are delivered to: made, changed, tried and taken away by people. Each change is audited.</summary>
public sealed class RegistryWebhooks
{
    private const string WebhookObject = "webhook";

    private readonly WebhookStore store;
    private readonly WebhookSender sender;
    private readonly AuditTrail audit;
    private readonly WebhookOptions options;
    private readonly TimeProvider time;

    internal RegistryWebhooks(Catalog catalog, WebhookSender sender, AuditTrail audit, WebhookOptions options, TimeProvider time)
    {
        store = new WebhookStore(catalog);
        (this.sender, this.audit, this.options, this.time) = (sender, audit, options, time);
    }

    /// <summary>Null when there is none.</summary>
    public Webhook? Find(string id) => store.Find(id);

    /// <summary>In the order they were made.</summary>
    public IReadOnlyList<Webhook> List(int limit, int offset = 0) => store.List(limit, offset);

    /// <summary>Makes a webhook. It gets the events from now on; <see cref="ReplayAsync"/> asks for earlier ones.</summary>
    public async Task<RegistryOutcome<Webhook>> CreateAsync(WebhookDraft draft, Caller caller, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(draft);
        var problems = WebhookRules.Judge(draft, isNew: true, options.AllowPrivate);
        var id = RandomNumberGenerator.GetHexString(32, lowercase: true);
        if (problems.Count > 0)
        {
            await audit.DenyAsync(caller, "webhook.create", WebhookObject, draft.Name ?? "", null, null, null, null, problems, cancellation);
            return new RegistryOutcome<Webhook>(null, problems);
        }

        await audit.AllowAsync(caller, "webhook.create", WebhookObject, id, null, null, null, null, Details(draft), cancellation);
        var now = EventTime.From(time.GetUtcNow()).Micros;
        await store.InsertAsync(
            new WebhookRow
            {
                Id = id,
                Name = draft.Name!,
                Url = draft.Url!,
                Description = draft.Description,
                Secret = string.IsNullOrEmpty(draft.Secret) ? null : draft.Secret,
                Status = draft.Status ?? WebhookStatus.Active,
                CreatedBy = caller.Name,
                CreatedMicros = now,
                UpdatedMicros = now,
            },
            draft.Events!,
            cancellation);
        return Found(id);
    }

    /// <summary>
    /// Changes what the draft names. What waits is tried at once, and goes to a new URL as well: the audit entry and the answer say how much that is.
    /// A secret stays with the receiver it was made for: with a new URL it is sent again, or taken away with an empty one.
    /// </summary>
    public async Task<RegistryOutcome<Webhook>> UpdateAsync(string id, WebhookDraft draft, Caller caller, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(draft);
        if (store.Find(id) is not { } before)
        {
            return Unknown();
        }

        List<Problem> problems = [.. WebhookRules.Judge(draft, isNew: false, options.AllowPrivate)];
        var moved = draft.Url is { } url && url != before.Url;
        if (moved && draft.Secret is null && store.Secret(id) is not null)
        {
            problems.Add(WebhookRules.SecretOfAnother());
        }

        if (problems.Count > 0)
        {
            await audit.DenyAsync(caller, "webhook.update", WebhookObject, id, null, null, null, null, problems, cancellation);
            return new RegistryOutcome<Webhook>(null, problems);
        }

        var details = Details(draft);
        if (moved)
        {
            details["waiting"] = before.Pending;
        }

        await audit.AllowAsync(caller, "webhook.update", WebhookObject, id, null, null, null, null, details, cancellation);
        await store.UpdateAsync(id, draft, EventTime.From(time.GetUtcNow()).Micros, cancellation);
        return Found(id);
    }

    /// <summary>Takes a webhook away, with what waits for it.</summary>
    public async Task<RegistryOutcome<Webhook>> DeleteAsync(string id, Caller caller, string? reason, CancellationToken cancellation)
    {
        if (store.Find(id) is not { } found)
        {
            return Unknown();
        }

        await audit.AllowAsync(caller, "webhook.delete", WebhookObject, id, null, null, null, reason, null, cancellation);
        await store.DeleteAsync(id, cancellation);
        return new RegistryOutcome<Webhook>(found, []);
    }

    /// <summary>Asks for every event after a cursor again, in order.</summary>
    public async Task<RegistryOutcome<Webhook>> ReplayAsync(string id, long after, Caller caller, CancellationToken cancellation)
    {
        if (store.Find(id) is null)
        {
            return Unknown();
        }

        await audit.AllowAsync(caller, "webhook.replay", WebhookObject, id, null, null, null, null, new JsonObject { ["after"] = after }, cancellation);
        await store.ReplayAsync(id, after, cancellation);
        return Found(id);
    }

    /// <summary>Sends an example of an event now, and says how it went. Null when there is no such webhook.</summary>
    /// <param name="example">Null for the first that the webhook wants.</param>
    public async Task<DeliveryResult?> TestAsync(string id, WebhookEvent? example, Caller caller, CancellationToken cancellation)
    {
        if (store.Find(id) is not { } found)
        {
            return null;
        }

        await audit.AllowAsync(caller, "webhook.test", WebhookObject, id, null, null, null, null, null, cancellation);
        var chosen = example ?? found.Events[0];
        var data = new JsonObject { ["name"] = "example_model", ["version"] = "1", ["tags"] = new JsonObject(), ["description"] = "An example." };
        var told = new RegistryEvent(0, EventTime.From(time.GetUtcNow()).ToString(), "example_model", chosen.Entity, chosen.Action, data) { Trace = Activity.Current?.Id };
        return await sender.SendAsync(id, found.Url, store.Secret(id), told, cancellation);
    }

    private RegistryOutcome<Webhook> Found(string id) => store.Find(id) is { } found ? new RegistryOutcome<Webhook>(found, []) : Unknown();

    private static JsonObject Details(WebhookDraft draft) => new()
    {
        // A URL can carry a token: only where it points is for the log.
        ["host"] = Uri.TryCreate(draft.Url, UriKind.Absolute, out var url) ? url.Host : null,
        ["events"] = draft.Events is { } events ? new JsonArray([.. events.Select(e => (JsonNode)$"{e.Entity}.{e.Action}")]) : null,
        ["status"] = draft.Status,
    };

    private static RegistryOutcome<Webhook> Unknown() =>
        new(null, [new Problem("FLY4004", "There is no such webhook.", new ProblemLocation(Field: "id"), "GET /v1/registry/webhooks lists them.")]);
}
