using System.Data;
using System.Text.Json.Nodes;
using Dapper;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Registry.Events;
using Flyball.Storage.Catalogs;

namespace Flyball.Serving.Deferred;

/// <summary>The SQL of requests that are answered later.</summary>
internal sealed class DeferredStore(Catalog catalog)
{
    private const string Waiting = "state = '" + DeferredStates.Queued + "'";

    public DeferredJob? Find(string id) => catalog.Read(c => c.QueryFirstOrDefault<DeferredJob>($"SELECT {DeferredJob.Columns} FROM prediction_jobs WHERE id = @id", new { id }));

    /// <summary>Those that wait, behind one of them, without their requests: a look passes over many that it does not try.</summary>
    public IReadOnlyList<WaitingJob> Next(long after, int limit) => catalog.Read(c => c.Query<WaitingJob>(
        $"SELECT id AS Id, ordinal AS Ordinal, model AS Model FROM prediction_jobs WHERE {Waiting} AND ordinal > @after ORDER BY ordinal LIMIT @limit", new { after, limit }).AsList());

    public long Waits() => catalog.Read(c => c.ExecuteScalar<long>($"SELECT COUNT(*) FROM prediction_jobs WHERE {Waiting}"));

    /// <summary>Keeps a request, durably, when there is room; one that came before under its key is given back instead.</summary>
    /// <param name="job">Without an ordinal.</param>
    /// <param name="most">How many of the model may wait, and how many bytes of all.</param>
    /// <param name="cancellation">Observed while it waits for other writers.</param>
    public Task<Submitted> InsertAsync(DeferredJob job, (int Jobs, long Bytes) most, CancellationToken cancellation) => catalog.WriteAsync(
        (c, t) =>
        {
            if (job.IdempotencyKey is not null && Same(c, t, job) is { } before)
            {
                return before.RequestDigest == job.RequestDigest ? new Submitted(before, true, null) : new Submitted(null, false, DeferredProblems.KeyReused);
            }

            if (c.ExecuteScalar<long>($"SELECT COUNT(*) FROM prediction_jobs WHERE {Waiting} AND model = @Model", new { job.Model }, t) >= most.Jobs
                || c.ExecuteScalar<long>($"SELECT COALESCE(SUM(bytes), 0) FROM prediction_jobs WHERE {Waiting}", transaction: t) + job.Bytes > most.Bytes)
            {
                return new Submitted(null, false, DeferredProblems.Full);
            }

            if (job.Webhook is { } webhook && !Outbox.Reaches(c, t, webhook, EventNames.PredictionJob, EventNames.Completed))
            {
                return new Submitted(null, false, DeferredProblems.UnknownWebhook);
            }

            job.Ordinal = c.ExecuteScalar<long>("SELECT COALESCE(MAX(ordinal), 0) + 1 FROM prediction_jobs", transaction: t);
            c.Execute(
                "INSERT INTO prediction_jobs (id, ordinal, model, caller, state, several, instances, request, bytes, idempotency_key, request_digest, webhook, keep_micros, created_micros, trace) "
                + "VALUES (@Id, @Ordinal, @Model, @Caller, @State, @Several, @Instances, @Request, @Bytes, @IdempotencyKey, @RequestDigest, @Webhook, @KeepMicros, @CreatedMicros, @Trace)",
                job,
                t);
            return new Submitted(job, false, null);
        },
        cancellation);

    /// <summary>Keeps the answer, and tells the webhook, both or neither. The request itself is not needed any more.</summary>
    /// <returns>False when it was answered before.</returns>
    public Task<bool> FinishAsync(DeferredJob job, string state, string answer, EventTime now, CancellationToken cancellation) => catalog.WriteAsync(
        (c, t) =>
        {
            var changed = c.Execute(
                $"UPDATE prediction_jobs SET state = @state, answer = @answer, request = '[]', finished_micros = @now, expires_micros = @expires WHERE id = @Id AND {Waiting}",
                new { job.Id, state, answer, now = now.Micros, expires = now.Micros + job.KeepMicros },
                t);
            if (changed > 0 && job.Webhook is { } webhook)
            {
                var data = new JsonObject { ["job_id"] = job.Id, ["model"] = job.Model, ["state"] = state, ["status_url"] = DeferredEndpoint.UrlOf(job.Id) };
                Outbox.Tell(c, t, webhook, job.Model, (EventNames.PredictionJob, EventNames.Completed, data, job.Trace), now);
            }

            return changed > 0;
        },
        cancellation);

    /// <summary>Forgets answers whose time is over.</summary>
    public Task<int> ForgetAsync(EventTime now, CancellationToken cancellation) => catalog.WriteAsync(
        (c, t) => c.Execute("DELETE FROM prediction_jobs WHERE expires_micros <= @now", new { now = now.Micros }, t), cancellation);

    private static DeferredJob? Same(IDbConnection c, IDbTransaction t, DeferredJob job) => c.QueryFirstOrDefault<DeferredJob>(
        $"SELECT {DeferredJob.Columns} FROM prediction_jobs WHERE caller = @Caller AND model = @Model AND idempotency_key = @IdempotencyKey", new { job.Caller, job.Model, job.IdempotencyKey }, t);
}

/// <summary>What came of a request to be answered later.</summary>
/// <param name="Job">As it is kept; null when it was refused.</param>
/// <param name="IsRepeat">It came before, under the same key.</param>
/// <param name="Problem">Why it was refused.</param>
internal sealed record Submitted(DeferredJob? Job, bool IsRepeat, Problem? Problem);

/// <summary>A job that waits, as a look at all of them sees it. Settable members, because databases differ in the width of their integers.</summary>
internal sealed class WaitingJob
{
    public string Id { get; set; } = "";

    public long Ordinal { get; set; }

    public string Model { get; set; } = "";
}
