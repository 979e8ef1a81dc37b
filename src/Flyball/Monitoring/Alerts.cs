using System.Globalization;
using Dapper;
using Flyball.Access;
using Flyball.Engine.Identity;
using Flyball.Engine.Time;
using Flyball.Storage.Audit;
using Flyball.Workspaces;

namespace Flyball.Monitoring;

/// <summary>Alerts in the catalog: one firing a model, kind and feature; resolved after two calm checks in a row.</summary>
public sealed class Alerts(Workspace workspace)
{
    private const int CalmToResolve = 2;

    private const string Select = """
        SELECT id AS Id, model AS Model, kind AS Kind, feature AS Feature, severity AS Severity, state AS State, opened_at AS OpenedAt,
               opened_micros AS OpenedMicros, resolved_at AS ResolvedAt, detail AS Detail
        FROM alerts
        """;

    /// <summary>Newest first.</summary>
    public IReadOnlyList<Alert> List(string? model, int limit) =>
        workspace.Catalog.Read(db => db.Query<Alert>($"{Select} WHERE (@model IS NULL OR model = @model) ORDER BY opened_micros DESC, id LIMIT @limit", new { model, limit }).AsList());

    public IReadOnlyList<Alert> Firing(string model) =>
        workspace.Catalog.Read(db => db.Query<Alert>($"{Select} WHERE model = @model AND state = 'firing' ORDER BY id", new { model }).AsList());

    /// <summary>Opens an alert, or keeps the firing one and raises its severity.</summary>
    public async Task RaiseAsync(string model, string kind, string feature, string severity, string detail, EventTime at, CancellationToken cancellation)
    {
        var id = Digest.Of($"{model}\n{kind}\n{feature}\n{at.Micros}").Hex[..16];
        var opened = await workspace.Catalog.WriteAsync(
            (db, tx) =>
            {
                var known = db.Execute(
                    """
                    UPDATE alerts SET calm_checks = 0, severity = CASE WHEN severity = 'page' THEN 'page' ELSE @severity END
                    WHERE model = @model AND kind = @kind AND feature = @feature AND state = 'firing'
                    """,
                    new { model, kind, feature, severity },
                    tx) > 0;
                return !known && db.Execute(
                    """
                    INSERT INTO alerts (id, model, kind, feature, severity, state, opened_at, opened_micros, detail)
                    VALUES (@id, @model, @kind, @feature, @severity, 'firing', @openedAt, @micros, @detail)
                    ON CONFLICT (id) DO UPDATE SET severity = excluded.severity, state = 'firing', resolved_at = NULL, calm_checks = 0, detail = excluded.detail
                    """,
                    new { id, model, kind, feature, severity, openedAt = at.ToString(), micros = at.Micros, detail },
                    tx) > 0;
            },
            cancellation);
        if (opened)
        {
            await Record("alert.open", id, $"{kind} {feature} {detail}".Trim(), cancellation);
        }
    }

    /// <summary>Counts a calm check for a firing alert and resolves it after the second in a row.</summary>
    public async Task CalmAsync(Alert alert, EventTime at, CancellationToken cancellation)
    {
        var resolved = await workspace.Catalog.WriteAsync(
            (db, tx) =>
            {
                db.Execute("UPDATE alerts SET calm_checks = calm_checks + 1 WHERE id = @Id AND state = 'firing'", alert, tx);
                return db.Execute(
                    "UPDATE alerts SET state = 'resolved', resolved_at = @resolvedAt WHERE id = @id AND state = 'firing' AND calm_checks >= @calm",
                    new { id = alert.Id, resolvedAt = at.ToString(), calm = CalmToResolve },
                    tx) > 0;
            },
            cancellation);
        if (resolved)
        {
            await Record("alert.resolve", alert.Id, string.Create(CultureInfo.InvariantCulture, $"calm for {CalmToResolve} checks"), cancellation);
        }
    }

    private async Task Record(string action, string id, string reason, CancellationToken cancellation)
    {
        var caller = Caller.System("monitoring");
        await workspace.Audit.AppendAsync(
            new AuditEntry(caller.Name, caller.AuthMethod, action, "alert", id) { Decision = AuditDecision.Allow, Reason = reason },
            cancellation);
    }
}
