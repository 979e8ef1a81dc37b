using System.Data;
using System.Globalization;
using System.Text.Json;
using Dapper;
using Flyball.Engine.Identity;
using Flyball.Engine.Time;
using Flyball.Registry;
using Flyball.Serving;
using Flyball.Storage.Catalogs;

namespace Flyball.Rollout;

/// <summary>The rollout's SQL. Every transition and its event are one transaction.</summary>
internal sealed class RolloutStore(Catalog catalog, TimeProvider time)
{
    private const string RunColumns =
        "id AS Id, model AS Model, version AS Version, digest AS Digest, champion AS Champion, state AS State, step AS Step, definition AS Definition, "
        + "started_by AS StartedBy, started_at AS StartedAt, started_micros AS StartedMicros, changed_at AS ChangedAt, reason AS Reason";

    private const string EventColumns =
        "ordinal AS Ordinal, kind AS Kind, step AS Step, decided_position AS DecidedPosition, settled_position AS SettledPosition, "
        + "actor AS Actor, reason AS Reason, happened_at AS HappenedAt";

    public EventTime Now => EventTime.From(time.GetUtcNow());

    public IReadOnlyList<RolloutRun> All() =>
        catalog.Read(c => c.Query<RunRow>($"SELECT {RunColumns} FROM rollouts ORDER BY ordinal DESC").Select(r => r.ToRun()).ToList());

    public RolloutRun? Find(string id) =>
        catalog.Read(c => c.QueryFirstOrDefault<RunRow>($"SELECT {RunColumns} FROM rollouts WHERE id = @id", new { id }))?.ToRun();

    public IReadOnlyList<RolloutRun> Active() => catalog.Read(c => c.Query<RunRow>(
        $"SELECT {RunColumns} FROM rollouts WHERE state IN ('running', 'held', 'promoting') ORDER BY ordinal").Select(r => r.ToRun()).ToList());

    public RolloutRun? ActiveOf(string model) => Active().FirstOrDefault(r => r.Model == model);

    public IReadOnlyList<RolloutEvent> Events(string id) =>
        catalog.Read(c => c.Query<EventRow>($"SELECT {EventColumns} FROM rollout_events WHERE rollout = @id ORDER BY ordinal", new { id }).Select(r => r.ToEvent()).ToList());

    /// <summary>Starts a rollout under a name of its own.</summary>
    public Task<RolloutRun> StartAsync(ModelVersion version, int champion, RolloutDefinition definition, string actor, Horizon position, CancellationToken cancellation)
    {
        var now = Now;
        return catalog.WriteAsync(
            (c, t) =>
            {
                var ordinal = c.ExecuteScalar<int>("SELECT COALESCE(MAX(ordinal), 0) + 1 FROM rollouts", transaction: t);
                var salt = Digest.Of(string.Create(CultureInfo.InvariantCulture, $"{version.Model} {version.Digest.Hex} {ordinal} {now.Micros}"));
                var run = new RolloutRun(
                    string.Create(CultureInfo.InvariantCulture, $"r{ordinal}-{salt.Short}"), version.Model, version.Version, version.Digest, champion,
                    RolloutStates.Running, 0, definition, actor, now.ToString(), now.Micros, now.ToString(), null);
                c.Execute(
                    "INSERT INTO rollouts (id, ordinal, model, version, digest, champion, state, step, definition, started_by, started_at, started_micros, changed_at, reason) "
                    + "VALUES (@Id, @ordinal, @Model, @Version, @digest, @Champion, @State, @Step, @definition, @StartedBy, @StartedAt, @StartedMicros, @ChangedAt, @Reason)",
                    new
                    {
                        run.Id,
                        ordinal,
                        run.Model,
                        run.Version,
                        digest = run.Digest.Hex,
                        run.Champion,
                        run.State,
                        run.Step,
                        definition = JsonSerializer.Serialize(definition, RegistryJson.Options),
                        run.StartedBy,
                        run.StartedAt,
                        run.StartedMicros,
                        run.ChangedAt,
                        run.Reason,
                    },
                    t);
                Append(c, t, run, "start", position, actor, null);
                return run;
            },
            cancellation);
    }

    /// <summary>Moves a rollout and writes the event that says so.</summary>
    public Task<RolloutRun> MoveAsync(RolloutRun run, string state, int step, string kind, Horizon position, string actor, string? reason, CancellationToken cancellation)
    {
        var moved = run with { State = state, Step = step, ChangedAt = Now.ToString(), Reason = reason };
        return catalog.WriteAsync(
            (c, t) =>
            {
                c.Execute(
                    "UPDATE rollouts SET state = @State, step = @Step, changed_at = @ChangedAt, reason = @Reason WHERE id = @Id",
                    new { moved.State, moved.Step, moved.ChangedAt, moved.Reason, moved.Id },
                    t);
                Append(c, t, moved, kind, position, actor, reason);
                return moved;
            },
            cancellation);
    }

    /// <summary>States from which position on every prediction was made under the plan of an event.</summary>
    public Task<int> SettleAsync(string id, int ordinal, Horizon settled, CancellationToken cancellation) => catalog.WriteAsync(
        (c, t) => c.Execute(
            "UPDATE rollout_events SET settled_position = @Seq WHERE rollout = @id AND ordinal = @ordinal AND settled_position IS NULL",
            new { settled.Seq, id, ordinal },
            t),
        cancellation);

    /// <summary>Appends the plan to the history of traffic, unless it is the one in force already.</summary>
    public Task<bool> RecordTrafficAsync(TrafficPlan plan, CancellationToken cancellation)
    {
        var row = new TrafficRow
        {
            Champion = plan.Champion.Version,
            Previous = plan.Previous?.Version,
            Rollout = plan.Canary?.RolloutId,
            Canary = plan.Canary?.Version.Version,
            Share = plan.Canary?.Share.ToString(CultureInfo.InvariantCulture),
        };
        return catalog.WriteAsync(
            (c, t) =>
            {
                var last = c.QueryFirstOrDefault<TrafficRow>(
                    "SELECT champion AS Champion, previous AS Previous, rollout AS Rollout, canary AS Canary, share AS Share FROM traffic WHERE model = @Model ORDER BY ordinal DESC LIMIT 1",
                    new { plan.Model },
                    t);
                if (last == row)
                {
                    return false;
                }

                var ordinal = c.ExecuteScalar<int>("SELECT COALESCE(MAX(ordinal), 0) + 1 FROM traffic WHERE model = @Model", new { plan.Model }, t);
                c.Execute(
                    "INSERT INTO traffic (model, ordinal, champion, previous, rollout, canary, share, since) VALUES (@Model, @ordinal, @Champion, @Previous, @Rollout, @Canary, @Share, @since)",
                    new { plan.Model, ordinal, row.Champion, row.Previous, row.Rollout, row.Canary, row.Share, since = Now.ToString() },
                    t);
                return true;
            },
            cancellation);
    }

    private void Append(IDbConnection c, IDbTransaction t, RolloutRun run, string kind, Horizon position, string actor, string? reason)
    {
        var ordinal = c.ExecuteScalar<int>("SELECT COALESCE(MAX(ordinal), 0) + 1 FROM rollout_events WHERE rollout = @Id", new { run.Id }, t);
        c.Execute(
            "INSERT INTO rollout_events (rollout, ordinal, kind, step, decided_position, settled_position, actor, reason, happened_at) "
            + "VALUES (@Id, @ordinal, @kind, @Step, @Seq, NULL, @actor, @reason, @at)",
            new { run.Id, ordinal, kind, run.Step, position.Seq, actor, reason, at = Now.ToString() },
            t);
    }

    /// <summary>A row of <c>rollouts</c>. Settable members, because databases differ in the width of their integers.</summary>
    private sealed class RunRow
    {
        public string Id { get; set; } = "";

        public string Model { get; set; } = "";

        public int Version { get; set; }

        public string Digest { get; set; } = "";

        public int Champion { get; set; }

        public string State { get; set; } = "";

        public int Step { get; set; }

        public string Definition { get; set; } = "";

        public string StartedBy { get; set; } = "";

        public string StartedAt { get; set; } = "";

        public long StartedMicros { get; set; }

        public string ChangedAt { get; set; } = "";

        public string? Reason { get; set; }

        public RolloutRun ToRun() => new(
            Id,
            Model,
            Version,
            Engine.Identity.Digest.TryParse(Digest, out var digest) ? digest : throw new InvalidDataException("A rollout in the catalog has something else in place of a digest."),
            Champion,
            State,
            Step,
            JsonSerializer.Deserialize<RolloutDefinition>(Definition, RegistryJson.Options) ?? throw new InvalidDataException("A rollout in the catalog has no definition."),
            StartedBy,
            StartedAt,
            StartedMicros,
            ChangedAt,
            Reason);
    }

    private sealed class EventRow
    {
        public int Ordinal { get; set; }

        public string Kind { get; set; } = "";

        public int Step { get; set; }

        public long DecidedPosition { get; set; }

        public long? SettledPosition { get; set; }

        public string Actor { get; set; } = "";

        public string? Reason { get; set; }

        public string HappenedAt { get; set; } = "";

        public RolloutEvent ToEvent() => new(Ordinal, Kind, Step, DecidedPosition, SettledPosition, Actor, Reason, HappenedAt);
    }

    private sealed record TrafficRow
    {
        public int Champion { get; set; }

        public int? Previous { get; set; }

        public string? Rollout { get; set; }

        public int? Canary { get; set; }

        public string? Share { get; set; }
    }
}
