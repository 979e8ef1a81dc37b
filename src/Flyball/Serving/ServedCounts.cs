using Flyball.Engine.Identity;
using Flyball.Engine.Time;
using Flyball.Workspaces;

namespace Flyball.Serving;

/// <summary>
/// How often each version answered, and when last, counted from the prediction log. The first question after a start reads the log once, later ones
/// what came since. Thread-safe.
/// </summary>
public sealed class ServedCounts(Workspace workspace)
{
    /// <summary>Who asked before records named callers.</summary>
    private const string Nameless = "somebody";

    private readonly Lock reading = new();
    private readonly Dictionary<(string Model, Digest Digest), ServedCount> counts = [];
    private readonly Dictionary<(string Model, Digest Digest), SortedDictionary<string, ServedCaller>> callers = [];
    private Horizon read;

    /// <summary>What a version answered with its features; null when it never did.</summary>
    public ServedCount? Of(string model, Digest digest, CancellationToken cancellation)
    {
        lock (reading)
        {
            CatchUp(cancellation);
            return counts.GetValueOrDefault((model, digest));
        }
    }

    /// <summary>Whom a version answered since an instant, by name.</summary>
    public IReadOnlyList<ServedCaller> CallersSince(string model, Digest digest, KnownAt since, CancellationToken cancellation)
    {
        lock (reading)
        {
            CatchUp(cancellation);
            return callers.TryGetValue((model, digest), out var found) ? [.. found.Values.Where(c => c.Last.Micros >= since.Micros)] : [];
        }
    }

    private void NoteCaller(PredictionRecord record, KnownAt at)
    {
        var key = (record.Model, record.Digest);
        if (!callers.TryGetValue(key, out var known))
        {
            callers[key] = known = new SortedDictionary<string, ServedCaller>(StringComparer.Ordinal);
        }

        var caller = record.Caller ?? Nameless;
        known[caller] = new ServedCaller(caller, known.TryGetValue(caller, out var before) ? before.Predictions + 1 : 1, at);
    }

    private void CatchUp(CancellationToken cancellation)
    {
        var until = workspace.Predictions.Durable;
        foreach (var (seq, at, record) in until > read ? LoggedPredictions.Timed(workspace.Predictions, read, until, cancellation) : [])
        {
            if (record.Rung != Rung.Rule && !record.IsTest)
            {
                var key = (record.Model, record.Digest);
                var before = counts.GetValueOrDefault(key) ?? new ServedCount(0, record.Instant);
                NoteCaller(record, at);
                counts[key] = new ServedCount(before.Predictions + 1, record.Instant > before.Last ? record.Instant : before.Last);
            }

            // Before the end too: an interruption must not count anything twice.
            read = new Horizon(seq);
        }

        read = until;
    }
}

/// <param name="Predictions">How many it answered.</param>
/// <param name="Last">The latest prediction instant.</param>
public sealed record ServedCount(long Predictions, EventTime Last);

/// <param name="Caller">As the prediction log names it.</param>
/// <param name="Predictions">How many it was answered by the version, in all.</param>
/// <param name="Last">When the latest one was logged.</param>
public sealed record ServedCaller(string Caller, long Predictions, KnownAt Last);
