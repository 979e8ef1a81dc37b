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
    private readonly Lock reading = new();
    private readonly Dictionary<(string Model, Digest Digest), ServedCount> counts = [];
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

    private void CatchUp(CancellationToken cancellation)
    {
        var until = workspace.Predictions.Durable;
        foreach (var (seq, record) in until > read ? LoggedPredictions.Between(workspace.Predictions, read, until, cancellation) : [])
        {
            if (record.Rung != Rung.Rule && !record.IsTest)
            {
                var key = (record.Model, record.Digest);
                var before = counts.GetValueOrDefault(key) ?? new ServedCount(0, record.Instant);
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
