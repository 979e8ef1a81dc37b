using System.Data;
using Dapper;
using Flyball.Registry.Events;
using Flyball.Storage.Catalogs;

namespace Flyball.Registry.Webhooks;

/// <summary>The SQL of webhooks and of their deliveries.</summary>
internal sealed class WebhookStore(Catalog catalog)
{
    private const string Columns =
        "w.id AS Id, w.name AS Name, w.url AS Url, w.description AS Description, w.secret AS Secret, w.status AS Status, w.created_by AS CreatedBy, "
        + "w.created_micros AS CreatedMicros, w.updated_micros AS UpdatedMicros";

    public Webhook? Find(string id) => catalog.Read(c => Row(c, id) is { } row ? Of(c, row) : null);

    /// <summary>By time of making.</summary>
    public IReadOnlyList<Webhook> List(int limit, int offset) => catalog.Read(c => c.Query<WebhookRow>(
        $"SELECT {Columns} FROM webhooks w ORDER BY w.created_micros, w.id LIMIT @limit OFFSET @offset", new { limit, offset }).AsList().Select(r => Of(c, r)).ToList());

    public string? Secret(string id) => catalog.Read(c => Row(c, id)?.Secret);

    public Task<bool> InsertAsync(WebhookRow row, IReadOnlyList<WebhookEvent> events, CancellationToken cancellation) => catalog.WriteAsync(
        (c, t) =>
        {
            c.Execute(
                "INSERT INTO webhooks (id, name, url, description, secret, status, created_by, created_micros, updated_micros) "
                + "VALUES (@Id, @Name, @Url, @Description, @Secret, @Status, @CreatedBy, @CreatedMicros, @UpdatedMicros)",
                row,
                t);
            Subscribe(c, t, row.Id, events);
            return true;
        },
        cancellation);

    public Task<bool> UpdateAsync(string id, WebhookDraft draft, long now, CancellationToken cancellation) => catalog.WriteAsync(
        (c, t) =>
        {
            if (Row(c, id, t) is not { } row)
            {
                return false;
            }

            c.Execute(
                "UPDATE webhooks SET name = @name, url = @url, description = @description, secret = @secret, status = @status, updated_micros = @now WHERE id = @id",
                new
                {
                    id,
                    name = draft.Name ?? row.Name,
                    url = draft.Url ?? row.Url,
                    description = draft.Description ?? row.Description,
                    secret = draft.Secret is { } secret ? (secret.Length == 0 ? null : secret) : row.Secret,
                    status = draft.Status ?? row.Status,
                    now,
                },
                t);
            if (draft.Events is { } events)
            {
                c.Execute("DELETE FROM webhook_subscriptions WHERE webhook = @id", new { id }, t);
                Subscribe(c, t, id, events);
            }

            // Somebody mended something: what waits is tried at once.
            c.Execute("UPDATE registry_deliveries SET next_micros = 0, attempts = 0 WHERE webhook = @id", new { id }, t);
            return true;
        },
        cancellation);

    public Task<bool> DeleteAsync(string id, CancellationToken cancellation) => catalog.WriteAsync(
        (c, t) => c.Execute("DELETE FROM webhooks WHERE id = @id", new { id }, t) > 0, cancellation);

    /// <summary>Asks for every event after a cursor again, in order.</summary>
    /// <returns>How many deliveries wait now.</returns>
    public Task<int> ReplayAsync(string id, long after, CancellationToken cancellation) => catalog.WriteAsync(
        (c, t) =>
        {
            c.Execute("DELETE FROM registry_deliveries WHERE webhook = @id AND seq > @after", new { id, after }, t);
            c.Execute(
                "INSERT INTO registry_deliveries (webhook, seq, model_id, attempts, next_micros, last_status) "
                + "SELECT @id, e.seq, e.model_id, 0, 0, NULL FROM registry_events e JOIN webhook_subscriptions s ON s.webhook = @id AND s.entity = e.entity AND s.action = e.action "
                + "WHERE e.seq > @after",
                new { id, after },
                t);
            return c.ExecuteScalar<int>("SELECT COUNT(*) FROM registry_deliveries WHERE webhook = @id", new { id }, t);
        },
        cancellation);

    /// <summary>The oldest delivery of each webhook and model, when it is due: a later one of the same model waits for it.</summary>
    public IReadOnlyList<DueDelivery> Due(long now, int limit) => catalog.Read(c => c.Query<DueRow>(
        "SELECT w.id AS Id, w.url AS Url, w.secret AS Secret, d.seq AS Seq, d.model_id AS ModelId, d.attempts AS Attempts, "
        + "e.at_micros AS EventAtMicros, e.model AS EventModel, e.entity AS EventEntity, e.action AS EventAction, e.data AS EventData, e.trace AS EventTrace "
        + "FROM (SELECT webhook, model_id, MIN(seq) AS seq FROM registry_deliveries GROUP BY webhook, model_id) first "
        + "JOIN registry_deliveries d ON d.webhook = first.webhook AND d.model_id = first.model_id AND d.seq = first.seq "
        + "JOIN webhooks w ON w.id = d.webhook AND w.status = 'ACTIVE' JOIN registry_events e ON e.seq = d.seq "
        + "WHERE d.next_micros <= @now ORDER BY d.seq LIMIT @limit",
        new { now, limit }).Select(r => r.ToDue()).ToList());

    public Task<bool> DoneAsync(DueDelivery due, CancellationToken cancellation) => catalog.WriteAsync(
        (c, t) => c.Execute("DELETE FROM registry_deliveries WHERE webhook = @Webhook AND model_id = @ModelId AND seq = @Seq", Key(due), t) > 0, cancellation);

    public Task<bool> FailedAsync(DueDelivery due, int attempts, long next, string status, CancellationToken cancellation) => catalog.WriteAsync(
        (c, t) => c.Execute(
            "UPDATE registry_deliveries SET attempts = @attempts, next_micros = @next, last_status = @status WHERE webhook = @Webhook AND model_id = @ModelId AND seq = @Seq",
            new { attempts, next, status, Webhook = due.WebhookId, due.ModelId, due.Event.Seq },
            t) > 0,
        cancellation);

    /// <summary>Switches a webhook off. Its deliveries wait until it is switched on again.</summary>
    public Task<bool> DisableAsync(string id, long now, CancellationToken cancellation) => catalog.WriteAsync(
        (c, t) => c.Execute("UPDATE webhooks SET status = 'DISABLED', updated_micros = @now WHERE id = @id", new { id, now }, t) > 0, cancellation);

    private static object Key(DueDelivery due) => new { Webhook = due.WebhookId, due.ModelId, due.Event.Seq };

    private static void Subscribe(IDbConnection c, IDbTransaction t, string id, IReadOnlyList<WebhookEvent> events)
    {
        foreach (var wanted in events.Distinct())
        {
            c.Execute("INSERT INTO webhook_subscriptions (webhook, entity, action) VALUES (@id, @Entity, @Action)", new { id, wanted.Entity, wanted.Action }, t);
        }
    }

    private static WebhookRow? Row(IDbConnection c, string id, IDbTransaction? t = null) =>
        c.QueryFirstOrDefault<WebhookRow>($"SELECT {Columns} FROM webhooks w WHERE w.id = @id", new { id }, t);

    private static Webhook Of(IDbConnection c, WebhookRow row) => new(
        row.Id,
        row.Name,
        row.Url,
        row.Description,
        c.Query<WebhookEvent>("SELECT entity AS Entity, action AS Action FROM webhook_subscriptions WHERE webhook = @Id ORDER BY entity, action", new { row.Id }).AsList(),
        row.Status,
        row.CreatedBy,
        row.CreatedMicros,
        row.UpdatedMicros,
        c.ExecuteScalar<int>("SELECT COUNT(*) FROM registry_deliveries WHERE webhook = @Id", new { row.Id }),
        c.QueryFirstOrDefault<string>("SELECT last_status FROM registry_deliveries WHERE webhook = @Id ORDER BY seq LIMIT 1", new { row.Id }));

    /// <summary>A delivery with its webhook and event. Settable members, because databases differ in the width of their integers.</summary>
    private sealed class DueRow
    {
        public string Id { get; set; } = "";

        public string Url { get; set; } = "";

        public string? Secret { get; set; }

        public long Seq { get; set; }

        public long ModelId { get; set; }

        public int Attempts { get; set; }

        public long EventAtMicros { get; set; }

        public string EventModel { get; set; } = "";

        public string EventEntity { get; set; } = "";

        public string EventAction { get; set; } = "";

        public string EventData { get; set; } = "{}";

        public string? EventTrace { get; set; }

        public DueDelivery ToDue() => new(
            Id,
            Url,
            Secret,
            ModelId,
            Attempts,
            new EventRow { Seq = Seq, AtMicros = EventAtMicros, Model = EventModel, Entity = EventEntity, Action = EventAction, Data = EventData, Trace = EventTrace }.ToEvent());
    }
}
