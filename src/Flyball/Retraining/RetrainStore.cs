using System.Globalization;
using Dapper;
using Flyball.Access;
using Flyball.Engine.Identity;
using Flyball.Engine.Time;
using Flyball.Storage.Catalogs;

namespace Flyball.Retraining;

/// <summary>Retraining's SQL. Each transition is one transaction, and none leaves a state that another writer changed meanwhile.</summary>
internal sealed class RetrainStore(Catalog catalog, TimeProvider time)
{
    private const string Select =
        "SELECT id AS Id, model AS Model, state AS State, due_micros AS DueMicros, reason AS Reason, requested_by AS RequestedBy, auth_method AS AuthMethod, "
        + "created_micros AS CreatedMicros, changed_micros AS ChangedMicros, finished_micros AS FinishedMicros, run_id AS RunId, version AS Version, rollout AS Rollout, error AS Error "
        + "FROM retrain_jobs";

    private const string Open = "state NOT IN ('done', 'refused', 'failed')";

    private long Now => EventTime.From(time.GetUtcNow()).Micros;

    /// <summary>Newest first.</summary>
    public IReadOnlyList<RetrainJob> List(string? model, int limit) =>
        Query("WHERE (@model IS NULL OR model = @model) ORDER BY ordinal DESC LIMIT @limit", new { model, limit });

    /// <summary>Those with something left to do, oldest first.</summary>
    public IReadOnlyList<RetrainJob> Unfinished() => Query($"WHERE {Open} ORDER BY ordinal", new { });

    public RetrainJob? OpenOf(string model) => Query($"WHERE model = @model AND {Open}", new { model }).SingleOrDefault();

    /// <summary>When the model's last job ended; null when none has.</summary>
    public EventTime? LastFinished(string model) =>
        catalog.Read(db => db.ExecuteScalar<long?>("SELECT MAX(finished_micros) FROM retrain_jobs WHERE model = @model", new { model })) is { } micros ? new EventTime(micros) : null;

    /// <summary>When a model's schedule comes next; null when that schedule was not seen before.</summary>
    public EventTime? NextOf(string model, string schedule) => catalog.Read(db => db.ExecuteScalar<long?>(
        "SELECT next_micros FROM retrain_schedules WHERE model = @model AND schedule = @schedule", new { model, schedule })) is { } micros ? new EventTime(micros) : null;

    /// <summary>Keeps when a model's schedule comes next.</summary>
    public Task<int> SetNextAsync(string model, string schedule, EventTime next, CancellationToken cancellation) => catalog.WriteAsync(
        (db, tx) => db.Execute(
            "INSERT INTO retrain_schedules (model, schedule, next_micros) VALUES (@model, @schedule, @Micros) "
            + "ON CONFLICT (model) DO UPDATE SET schedule = excluded.schedule, next_micros = excluded.next_micros",
            new { model, schedule, next.Micros },
            tx),
        cancellation);

    /// <summary>A job that is not stored yet, under the next name.</summary>
    public RetrainJob Draft(string model, EventTime due, string reason, Caller requester)
    {
        var ordinal = catalog.Read(db => db.ExecuteScalar<long>("SELECT COALESCE(MAX(ordinal), 0) + 1 FROM retrain_jobs"));
        var now = new EventTime(Now);
        var id = string.Create(CultureInfo.InvariantCulture, $"j{ordinal}-{Digest.Of(string.Create(CultureInfo.InvariantCulture, $"{model} {now.Micros}")).Short}");
        return new RetrainJob(
            id, model, RetrainStates.Waiting, due.ToString(), reason, requester.Name, requester.AuthMethod, now.ToString(), now.ToString(), due.Micros, now.Micros, null);
    }

    /// <returns>False, and nothing stored, when the model got an open job meanwhile.</returns>
    public Task<bool> AddAsync(RetrainJob draft, CancellationToken cancellation) => catalog.WriteAsync(
        (db, tx) => db.Execute(
            "INSERT INTO retrain_jobs (id, ordinal, model, state, due_micros, reason, requested_by, auth_method, created_micros, changed_micros) "
            + "SELECT @Id, COALESCE(MAX(ordinal), 0) + 1, @Model, @State, @DueMicros, @Reason, @RequestedBy, @AuthMethod, @CreatedMicros, @CreatedMicros FROM retrain_jobs "
            + "WHERE 1 = 1 ON CONFLICT DO NOTHING",
            draft,
            tx) > 0,
        cancellation);

    /// <summary>Lets a waiting job begin earlier.</summary>
    /// <returns>False when it has begun meanwhile.</returns>
    public Task<bool> BringForwardAsync(RetrainJob job, EventTime due, CancellationToken cancellation) => catalog.WriteAsync(
        (db, tx) => db.Execute("UPDATE retrain_jobs SET due_micros = @Micros WHERE id = @Id AND state = 'waiting' AND due_micros > @Micros", new { due.Micros, job.Id }, tx) > 0,
        cancellation);

    /// <summary>Stores the next state of a job; durable when the task completes.</summary>
    /// <exception cref="InvalidOperationException">The job is no longer in the state it is moved from.</exception>
    public Task<RetrainJob> MoveAsync(RetrainJob from, RetrainJob to, CancellationToken cancellation)
    {
        var now = new EventTime(Now);
        var moved = to with { ChangedAt = now.ToString(), FinishedMicros = to.IsOpen ? null : now.Micros };
        return catalog.WriteAsync(
            (db, tx) => db.Execute(
                "UPDATE retrain_jobs SET state = @State, reason = @Reason, changed_micros = @changed, finished_micros = @FinishedMicros, run_id = @RunId, version = @Version, "
                + "rollout = @Rollout, error = @Error WHERE id = @Id AND state = @before",
                new { moved.State, moved.Reason, changed = now.Micros, moved.FinishedMicros, moved.RunId, moved.Version, moved.Rollout, moved.Error, moved.Id, before = from.State },
                tx) == 1 ? moved : throw new InvalidOperationException($"The retraining job {from.Id} is no longer {from.State}."),
            cancellation);
    }

    private List<RetrainJob> Query(string clause, object parameters) =>
        catalog.Read(db => db.Query<Row>($"{Select} {clause}", parameters).Select(r => r.ToJob()).ToList());

    private sealed class Row
    {
        public required string Id { get; init; }

        public required string Model { get; init; }

        public required string State { get; init; }

        public long DueMicros { get; init; }

        public required string Reason { get; init; }

        public required string RequestedBy { get; init; }

        public required string AuthMethod { get; init; }

        public long CreatedMicros { get; init; }

        public long ChangedMicros { get; init; }

        public long? FinishedMicros { get; init; }

        public string? RunId { get; init; }

        public int? Version { get; init; }

        public string? Rollout { get; init; }

        public string? Error { get; init; }

        public RetrainJob ToJob() => new(
            Id, Model, State, new EventTime(DueMicros).ToString(), Reason, RequestedBy, AuthMethod, new EventTime(CreatedMicros).ToString(),
            new EventTime(ChangedMicros).ToString(), DueMicros, CreatedMicros, FinishedMicros)
        {
            RunId = RunId,
            Version = Version,
            Rollout = Rollout,
            Error = Error,
        };
    }
}
