using System.Data;
using System.Text.Json.Nodes;
using Dapper;
using Flyball.Engine.Time;
using Flyball.Storage.Catalogs;

namespace Flyball.Registry.Events;

/// <summary>
/// The events of the registry. One is written in the transaction of the change that it tells, with a delivery for every webhook that
/// wants it then: there is no change without its event, and no event without its change.
/// </summary>
public sealed class Outbox(Catalog catalog)
{
    /// <summary>Events after a cursor, in their order.</summary>
    public IReadOnlyList<RegistryEvent> Read(long after, int limit, string? model = null) => catalog.Read(c => c.Query<EventRow>(
        $"SELECT {EventRow.Columns} FROM registry_events e WHERE e.seq > @after {(model is null ? "" : "AND e.model = @model")} ORDER BY e.seq LIMIT @limit",
        new { after, limit, model }).Select(r => r.ToEvent()).ToList());

    internal static void Append(IDbConnection c, IDbTransaction t, (long Id, string Name) model, (string Entity, string Action, JsonObject Data, string? Trace) what, EventTime now)
    {
        var seq = c.ExecuteScalar<long>("SELECT COALESCE(MAX(seq), 0) + 1 FROM registry_events", transaction: t);
        c.Execute(
            "INSERT INTO registry_events (seq, at_micros, model_id, model, entity, action, data, trace) VALUES (@seq, @at, @id, @name, @entity, @action, @data, @trace)",
            new { seq, at = now.Micros, id = model.Id, name = model.Name, entity = what.Entity, action = what.Action, data = what.Data.ToJsonString(), trace = what.Trace },
            t);
        c.Execute(
            "INSERT INTO registry_deliveries (webhook, seq, model_id, attempts, next_micros, last_status) "
            + "SELECT w.id, @seq, @id, 0, 0, NULL FROM webhooks w JOIN webhook_subscriptions s ON s.webhook = w.id "
            + "WHERE w.status = 'ACTIVE' AND s.entity = @entity AND s.action = @action",
            new { seq, id = model.Id, entity = what.Entity, action = what.Action },
            t);
    }

    /// <summary>Whether a webhook of this name is switched on and wants the event.</summary>
    internal static bool Reaches(IDbConnection c, IDbTransaction t, string webhook, string entity, string action) => c.ExecuteScalar<long>(
        "SELECT COUNT(*) FROM webhooks w JOIN webhook_subscriptions s ON s.webhook = w.id WHERE w.name = @webhook AND w.status = 'ACTIVE' AND s.entity = @entity AND s.action = @action",
        new { webhook, entity, action },
        t) > 0;

    /// <summary>Tells an event to the webhooks of one name that want it; of a model that is gone nothing is told.</summary>
    internal static void Tell(IDbConnection c, IDbTransaction t, string webhook, string model, (string Entity, string Action, JsonObject Data, string? Trace) what, EventTime now)
    {
        if (c.ExecuteScalar<long?>("SELECT id FROM registered_models WHERE model = @model AND deleted_micros IS NULL", new { model }, t) is not { } id)
        {
            return;
        }

        var seq = c.ExecuteScalar<long>("SELECT COALESCE(MAX(seq), 0) + 1 FROM registry_events", transaction: t);
        c.Execute(
            "INSERT INTO registry_events (seq, at_micros, model_id, model, entity, action, data, trace) VALUES (@seq, @at, @id, @model, @entity, @action, @data, @trace)",
            new { seq, at = now.Micros, id, model, entity = what.Entity, action = what.Action, data = what.Data.ToJsonString(), trace = what.Trace },
            t);
        c.Execute(
            "INSERT INTO registry_deliveries (webhook, seq, model_id, attempts, next_micros, last_status) "
            + "SELECT w.id, @seq, @id, 0, 0, NULL FROM webhooks w JOIN webhook_subscriptions s ON s.webhook = w.id "
            + "WHERE w.name = @webhook AND w.status = 'ACTIVE' AND s.entity = @entity AND s.action = @action",
            new { seq, id, webhook, entity = what.Entity, action = what.Action },
            t);
    }
}
