using System.Globalization;
using System.Text.Json;
using Dapper;
using Flyball.Storage.Catalogs;
using Flyball.Training.Jobs;

namespace Flyball.Training;

/// <summary>The SQL of runs.</summary>
internal sealed class RunStore(Catalog catalog, TimeProvider time)
{
    private const string Select = """
        SELECT run_id AS RunId, model AS Model, state AS State, author AS Author, started_at AS StartedAt, finished_at AS FinishedAt,
               horizon AS Horizon, as_of_micros AS AsOfMicros, permute_labels AS PermuteLabels, bundle AS Bundle, bundle_blob AS BundleBlob,
               evaluation_blob AS EvaluationBlob, result AS Result, error AS Error, source AS Source, identity AS Identity, attempts AS Attempts
        FROM runs
        """;

    public TrainingRun? Find(string runId) => catalog.Read(db => db.QuerySingleOrDefault<TrainingRun>($"{Select} WHERE run_id = @runId", new { runId }));

    /// <summary>The runs whose ids begin so; at most a few.</summary>
    public IReadOnlyList<TrainingRun> StartingWith(string prefix) => catalog.Read(db => db.Query<TrainingRun>(
        $"{Select} WHERE run_id >= @prefix AND run_id < @end ORDER BY run_id LIMIT 3", new { prefix, end = prefix + "g" }).AsList());

    /// <summary>Newest first.</summary>
    public IReadOnlyList<TrainingRun> List(string? model, string? state, int limit) => catalog.Read(db => db.Query<TrainingRun>(
        $"{Select} WHERE (@model IS NULL OR model = @model) AND (@state IS NULL OR state = @state) ORDER BY started_at DESC, run_id LIMIT @limit", new { model, state, limit }).AsList());

    /// <summary>The state of every run by its id.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> States() => catalog.Read(db => db.Query<(string Id, string State)>("SELECT run_id, state FROM runs ORDER BY started_at, run_id")
        .Select(r => KeyValuePair.Create(r.Id, r.State)).ToList());

    public string? JobBlob(string runId) => catalog.Read(db => db.QuerySingleOrDefault<string?>("SELECT job_blob FROM runs WHERE run_id = @runId", new { runId }));

    /// <summary>Says that a run begins, or begins again.</summary>
    /// <returns>The number of this attempt.</returns>
    public Task<int> BeginAsync(TrainingRun run, CancellationToken cancellation) => catalog.WriteAsync(
        (db, tx) =>
        {
            db.Execute(
                """
                INSERT INTO runs (run_id, model, state, author, started_at, horizon, as_of_micros, permute_labels, source, identity, attempts)
                VALUES (@RunId, @Model, @State, @Author, @StartedAt, @Horizon, @AsOfMicros, @PermuteLabels, @Source, @Identity, 1)
                ON CONFLICT (run_id) DO UPDATE SET state = excluded.state, author = excluded.author, started_at = excluded.started_at,
                  source = excluded.source, error = NULL, finished_at = NULL, attempts = runs.attempts + 1
                """,
                run,
                tx);
            return db.ExecuteScalar<int>("SELECT attempts FROM runs WHERE run_id = @RunId", new { run.RunId }, tx);
        },
        cancellation);

    public Task<int> FinishAsync(string runId, TrainingResult result, RunBlobs blobs, CancellationToken cancellation) => catalog.WriteAsync(
        (db, tx) => db.Execute(
            """
            UPDATE runs SET state = 'succeeded', finished_at = @now, bundle = @bundle, bundle_blob = @bundleBlob,
              evaluation_blob = @evaluation, job_blob = @job, result = @json
            WHERE run_id = @runId
            """,
            new
            {
                runId,
                now = Now(),
                bundle = result.Bundle,
                bundleBlob = blobs.Bundle.Hex,
                evaluation = blobs.Evaluation.Hex,
                job = blobs.Job.Hex,
                json = JsonSerializer.Serialize(result, TrainingJson.Options),
            },
            tx),
        cancellation);

    /// <param name="state"><see cref="RunStates.Failed"/> or <see cref="RunStates.Interrupted"/>.</param>
    public Task<int> EndAsync(string runId, string state, string error, CancellationToken cancellation) => catalog.WriteAsync(
        (db, tx) => db.Execute("UPDATE runs SET state = @state, finished_at = @now, error = @error WHERE run_id = @runId", new { runId, state, now = Now(), error }, tx), cancellation);

    /// <summary>The runs that a process left in the middle are interrupted.</summary>
    /// <returns>All interrupted runs.</returns>
    public Task<List<string>> InterruptAsync(CancellationToken cancellation) => catalog.WriteAsync(
        (db, tx) =>
        {
            db.Execute("UPDATE runs SET state = 'interrupted', finished_at = @now, error = 'The program ended before the run did.' WHERE state = 'running'", new { now = Now() }, tx);
            return db.Query<string>("SELECT run_id FROM runs WHERE state = 'interrupted'", null, tx).AsList();
        },
        cancellation);

    private string Now() => time.GetUtcNow().ToString("o", CultureInfo.InvariantCulture);
}
