using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Flyball.Engine.Identity;
using Flyball.Engine.Time;
using Flyball.Workspaces;

namespace Flyball.Serving.Deferred;

/// <summary>
/// Takes requests that are answered later. One that was taken is durable, survives any crash, and is answered once in effect. Thread-safe.
/// </summary>
internal sealed class DeferredPredictions(Workspace workspace, Predictor predictor, DeferredOptions options) : IDisposable
{
    private readonly DeferredStore store = new(workspace.Catalog);
    private readonly SemaphoreSlim come = new(0);
    private volatile string? running;

    /// <summary>Takes a request.</summary>
    /// <param name="plan">By whose contract its rows were read.</param>
    /// <param name="rows">At least one.</param>
    /// <param name="terms">What goes with it.</param>
    /// <param name="cancellation">Observed until it is queued.</param>
    /// <returns>The job, durable; or FLY5030 when too many wait, FLY5031 for an unknown webhook, FLY4092 for a key of another request.</returns>
    public async Task<Submitted> SubmitAsync(TrafficPlan plan, RequestRow[] rows, DeferredTerms terms, CancellationToken cancellation)
    {
        var definition = predictor.DefinitionOf(plan.Model).Deferred;
        var request = new StringBuilder("[");
        foreach (var row in rows)
        {
            request.Append(request.Length > 1 ? "," : "").Append(Encoding.UTF8.GetString(row.Canonical.Span));
        }

        var webhook = terms.Webhook ?? definition.Webhook;
        var text = request.Append(']').ToString();
        var job = new DeferredJob
        {
            Id = "p" + RandomNumberGenerator.GetHexString(32, lowercase: true),
            Model = plan.Model,
            Caller = terms.Caller,
            State = DeferredStates.Queued,
            Several = terms.Several ? 1 : 0,
            Instances = rows.Length,
            Request = text,
            Bytes = text.Length,
            IdempotencyKey = terms.Key,
            RequestDigest = Digest.Of($"{terms.Several} {webhook}\n{text}").Hex,
            Webhook = webhook,
            Trace = Activity.Current?.Id,
            KeepMicros = definition.KeepMicros,
            CreatedMicros = EventTime.From(workspace.Time.GetUtcNow()).Micros,
        };
        var submitted = await store.InsertAsync(job, (definition.Queue, options.QueueBytes), cancellation);
        if (submitted is { Job: not null, IsRepeat: false })
        {
            come.Release();
        }

        return submitted;
    }

    /// <summary>A job as its caller sees it; null for another's.</summary>
    public DeferredJob? Find(string id, string caller)
    {
        if (store.Find(id) is not { } job || job.Caller != caller)
        {
            return null;
        }

        job.State = job.State == DeferredStates.Queued && running == id ? DeferredStates.Running : job.State;
        return job;
    }

    public DeferredStore Store => store;

    /// <summary>Notes which one is being answered; null for none.</summary>
    public void NoteRunning(string? id) => running = id;

    /// <summary>Completes when a request came, or after the time given.</summary>
    public async Task WaitAsync(TimeSpan longest, CancellationToken cancellation)
    {
        if (await come.WaitAsync(longest, cancellation))
        {
            // All that came are met in one look.
            while (await come.WaitAsync(0, cancellation))
            {
                // Counted, and done with.
            }
        }
    }

    public void Dispose() => come.Dispose();
}

/// <summary>What goes with a request that is answered later.</summary>
/// <param name="Caller">Who asks.</param>
/// <param name="Several">The request had <c>instances</c>.</param>
/// <param name="Key">The idempotency key; null for none.</param>
/// <param name="Webhook">Name of a webhook; null for the model's.</param>
internal readonly record struct DeferredTerms(string Caller, bool Several, string? Key, string? Webhook);
