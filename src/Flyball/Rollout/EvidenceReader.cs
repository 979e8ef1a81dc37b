using Flyball.Engine.Time;
using Flyball.Serving;
using Flyball.Storage.Journals;

namespace Flyball.Rollout;

/// <summary>
/// Reads the prediction log into the evidence of the rollouts. State: what was read lies in memory and is read again after a restart.
/// Not thread-safe: its owner makes one look at a time.
/// </summary>
internal sealed class EvidenceReader(RolloutStore store, Journal predictions)
{
    private readonly Dictionary<string, RolloutEvidence> evidence = new(StringComparer.Ordinal);

    /// <summary>What this process has read for a rollout; null before its first look.</summary>
    public RolloutEvidence? Of(RolloutRun run) => evidence.GetValueOrDefault(run.Id);

    /// <summary>The position that a decision made now rests on.</summary>
    public Horizon PositionOf(RolloutRun run) => Of(run)?.Position ?? predictions.Durable;

    public void Forget(string id) => evidence.Remove(id);

    /// <summary>Brings the evidence up to the durable end of the log; from the rollout's start when the process is new.</summary>
    public async Task<RolloutEvidence> CatchUpAsync(RolloutRun run, CancellationToken cancellation)
    {
        var openings = store.Events(run.Id).Where(e => e.OpensStep).ToList();
        if (Of(run) is not { } seen)
        {
            seen = evidence[run.Id] = new RolloutEvidence(run);
            for (var i = 0; i < openings.Count; i++)
            {
                if (openings[i].SettledPosition is { } settled)
                {
                    seen.Open(openings[i].Step, new Horizon(settled));
                    Consume(seen, i + 1 < openings.Count ? new Horizon(openings[i + 1].DecidedPosition) : predictions.Durable, cancellation);
                }
            }
        }

        if (openings[^1].SettledPosition is null)
        {
            await SettleAsync(run, cancellation);
        }

        Consume(seen, predictions.Durable, cancellation);
        return seen;
    }

    /// <summary>
    /// Finds the position after which every prediction was made under the plan now in force: whatever was posted before the swap is in
    /// front of it. Predictions between the decision and that position count for no step.
    /// </summary>
    public async Task SettleAsync(RolloutRun run, CancellationToken cancellation)
    {
        await predictions.FlushAsync();
        var settled = predictions.Durable;
        await store.SettleAsync(run.Id, store.Events(run.Id).Last(e => e.OpensStep).Ordinal, settled, cancellation);
        var seen = Of(run) ?? (evidence[run.Id] = new RolloutEvidence(run));
        seen.Open(run.Step, settled);
    }

    private void Consume(RolloutEvidence seen, Horizon upTo, CancellationToken cancellation)
    {
        foreach (var record in predictions.Read(seen.Position, upTo))
        {
            cancellation.ThrowIfCancellationRequested();
            if (record.Stream == PredictionLog.Stream)
            {
                seen.Read(record.Seq, record.Payload.Span);
            }
            else
            {
                seen.Skip(record.Seq);
            }
        }
    }
}
