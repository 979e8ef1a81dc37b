using Flyball.Access;
using Flyball.Contracts.Quality;
using Flyball.Engine.Time;

namespace Flyball.Contracts.Windows;

/// <summary>
/// What no request triggers: judges closed windows, says when a source has had no news for too long, and when a whole day or hour had too few or too many rows.
/// Call <see cref="CheckAsync"/> often; each thing is said once. Not thread-safe.
/// </summary>
/// <param name="log">Replayed.</param>
/// <param name="time">The clock of arrivals.</param>
public sealed class QualityWatch(EventLog log, TimeProvider time)
{
    /// <summary>A day that is judged an hour after its end has its late events.</summary>
    private const int PartOfPeriod = 24;

    private readonly Dictionary<string, (long Width, long Bucket)> judged = new(StringComparer.Ordinal);

    /// <summary>One round over all sources.</summary>
    /// <exception cref="Engine.Problems.FlyballException">The log takes no more.</exception>
    public async Task CheckAsync(CancellationToken ct)
    {
        var now = EventTime.From(time.GetUtcNow()).Micros;
        foreach (var plan in log.Contracts.Plans)
        {
            var state = log.StateOf(plan.Source)!;
            state.Window.CloseDue(now);
            await SettleAsync(state, ct);
            var findings = new List<Finding>();
            if (Silence(state, now) is { } silence)
            {
                findings.Add(silence);
            }

            findings.AddRange(Volume(state, now));
            if (findings.Count > 0)
            {
                await log.RecordFindingsAsync(plan, new BatchVerdict(findings), Caller.System("watch"), 0, ct);
            }
        }
    }

    /// <summary>Judges what open windows have, because nothing will be added to them any more.</summary>
    public async Task FinishAsync(CancellationToken ct)
    {
        foreach (var plan in log.Contracts.Plans)
        {
            var state = log.StateOf(plan.Source)!;
            state.Window.CloseLast();
            await SettleAsync(state, ct);
        }
    }

    private async Task SettleAsync(SourceState state, CancellationToken ct)
    {
        while (state.Window.TakeClosed() is { } window)
        {
            var verdict = state.Plan.Quality.JudgeWindow(window.Observation, new EventTime(window.KnownAt));
            if (verdict.Findings.Count > 0)
            {
                await log.RecordFindingsAsync(state.Plan, verdict, Caller.System("window"), window.Observation.Rows, ct);
            }
        }
    }

    private Finding? Silence(SourceState state, long now) =>
        state.Activity.IsTold || state.Activity.SilentFor(now) is not { } silent ? null : FreshnessGate.OfSilence(state.Plan, log.Quality.ReferenceOf(state.Plan.Source), silent);

    /// <summary>The buckets of event time that ended since the last round. What ended before the first one may lack rows of a time when nothing ran.</summary>
    private IEnumerable<Finding> Volume(SourceState state, long now)
    {
        if (state.Plan.IsTimedByArrival || log.Quality.ReferenceOf(state.Plan.Source)?.Volume is not { } volume)
        {
            yield break;
        }

        var width = volume.BucketMicros;
        var due = StatisticalCounts.Bucket(now - (width / PartOfPeriod), width) - 1;
        if (!judged.TryGetValue(state.Plan.Source, out var last) || last.Width != width)
        {
            last = (width, due);
        }

        for (var bucket = Math.Max(last.Bucket + 1, due - 1); bucket <= due; bucket++)
        {
            // A source that begins, or that nobody feeds any more, has no usual period to compare with.
            if (state.Activity.RowsOf(bucket, width) is { } rows
                && PeriodVolume.Judge(volume, bucket, rows, state.Plan.Quality.Statistics) is { } finding
                && (rows > volume.Most || state.Activity.RowsOf(bucket - 1, width) > 0))
            {
                yield return finding;
            }
        }

        judged[state.Plan.Source] = (width, due);
    }
}
