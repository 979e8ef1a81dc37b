using System.Collections.Frozen;
using Flyball.Contracts;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Features;
using Flyball.Training;

namespace Flyball.Serving;

/// <summary>
/// The serving path: from a request row to an answer.
/// <list type="number">
/// <item>The traffic plan in force chooses a version by the request's unit.</item>
/// <item>Features are read at the request's instant and the position the event log has been applied to; the version scores them.</item>
/// <item>When the version fails, the ladder is climbed down: champion, previous version, declared rule. The answer names its rung.</item>
/// </list>
/// Touches memory only: no disk, no catalog, no lock but an entity's own. Thread-safe.
/// </summary>
public sealed class Predictor(EventLog events, OnlineFeatures features, TrafficPlans traffic, PredictionLog log, TimeProvider time)
{
    private volatile FrozenDictionary<string, ServeDefinition> definitions = FrozenDictionary<string, ServeDefinition>.Empty;

    /// <summary>Takes the <c>serve:</c> sections of the applied models.</summary>
    public void Configure(IReadOnlyDictionary<string, ServeDefinition> byModel) =>
        definitions = byModel.ToFrozenDictionary(StringComparer.Ordinal);

    /// <param name="request">A row that passed its contract, in the order of the schema.</param>
    /// <param name="canonical">The same row as canonical JSON, for the log.</param>
    /// <returns>Null when no rung could answer.</returns>
    public PredictionRecord? Predict(TrafficPlan plan, ReadOnlySpan<Value> request, ReadOnlyMemory<byte> canonical, string requestId)
    {
        var started = time.GetTimestamp();
        var contract = plan.Champion.Vector.Request;
        var instant = contract.EventTimeOf(request, EventTime.From(time.GetUtcNow()));
        var horizon = events.Applied;
        var unit = Unit(plan.Champion.Vector, request, requestId);
        var (chosen, arm) = plan.Canary is { } canary
            ? canary.Takes(unit) ? (canary.Version, Arm.Canary) : (plan.Champion, Arm.Control)
            : (plan.Champion, Arm.None);

        var attempt = Try(chosen, request, instant, horizon);
        var (answering, rung) = (chosen, Rung.Full);
        if (attempt is null && arm == Arm.Canary)
        {
            attempt = Try(plan.Champion, request, instant, horizon);
            (answering, rung) = (plan.Champion, Rung.Champion);
        }

        var serve = definitions.GetValueOrDefault(plan.Model) ?? ServeDefinition.Default;
        if (attempt is null && serve.PreviousVersion && plan.Previous is { } previous)
        {
            attempt = Try(previous, request, instant, horizon);
            (answering, rung) = (previous, Rung.PreviousVersion);
        }

        if (attempt is null && serve.Rule is { } rule && rule.Evaluate(request).TryGetNumber(out var constant) && double.IsFinite(constant))
        {
            attempt = ([], new Score((float)constant, constant));
            (answering, rung) = (plan.Champion, Rung.Rule);
        }

        if (attempt is not { } made)
        {
            ServingMeters.Failed(plan.Model);
            return null;
        }

        var record = new PredictionRecord
        {
            RequestId = requestId,
            Model = plan.Model,
            Version = answering.Version,
            Digest = answering.Digest,
            ChosenVersion = chosen.Version,
            RolloutId = plan.Canary?.RolloutId,
            Arm = arm,
            Rung = rung,
            Unit = unit,
            Instant = instant,
            Horizon = horizon,
            Request = canonical,
            Features = made.Vector,
            Raw = made.Score.Raw,
            Score = made.Score.Calibrated,
            Probabilities = made.Score.Probabilities ?? [],
            Decision = answering.Rules.Decide(made.Score.Calibrated),
            LatencyMicros = (int)Math.Min(int.MaxValue, time.GetElapsedTime(started).TotalMicroseconds),
        };
        log.Post(record);
        ServingMeters.Answered(record);
        return record;
    }

    /// <summary>The traffic plan of a model, or null when nothing is deployed under that name.</summary>
    public TrafficPlan? PlanFor(string model) => traffic.For(model);

    /// <summary>Why there is no plan of a model.</summary>
    public Problem RefusalOf(string model) => traffic.RefusalOf(model);

    private static string Unit(FeatureVectorPlan vector, ReadOnlySpan<Value> request, string requestId)
    {
        foreach (var (_, column) in vector.Entities)
        {
            if (!request[column].IsNull)
            {
                return request[column].ToString();
            }
        }

        return requestId;
    }

    /// <summary>A version's answer; null when it fails: an exception of its runtime or a score that is not finite.</summary>
    private (Value[] Vector, Score Score)? Try(ServedVersion version, ReadOnlySpan<Value> request, EventTime instant, Horizon horizon)
    {
        var vector = new Value[version.Vector.Columns.Count];
        var scratch = Scratch(version.Vector.ScratchWidth);
        try
        {
            if (!version.Vector.Evaluate(features, request, instant, horizon, scratch, vector))
            {
                // The request is from before what is kept: nulls would be scored as if nothing had ever happened.
                ServingMeters.VersionFailed(version.Model, version.Version, "instant_not_kept");
                return null;
            }

            var score = version.Scorer.ScoreOne(vector);
            if (score.IsFinite)
            {
                return (vector, score);
            }

            ServingMeters.VersionFailed(version.Model, version.Version, "not_finite");
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Whatever a version's runtime throws is a failure of that version, never of the request.
            ServingMeters.VersionFailed(version.Model, version.Version, e.GetType().Name);
        }

        return null;
    }

    [ThreadStatic]
    private static Value[]? scratchOfThread;

    private static Span<Value> Scratch(int width)
    {
        if (scratchOfThread is null || scratchOfThread.Length < width)
        {
            scratchOfThread = new Value[Math.Max(64, width)];
        }

        return scratchOfThread.AsSpan(0, width);
    }
}
