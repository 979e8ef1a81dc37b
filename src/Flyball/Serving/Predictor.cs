using System.Collections.Frozen;
using Flyball.Contracts;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Features;
using Flyball.Serving.Degradation;

namespace Flyball.Serving;

/// <summary>
/// The serving path: from a request row to an answer.
/// <list type="number">
/// <item>The traffic plan in force chooses a version by the request's unit.</item>
/// <item>Features are read at the request's instant and the position the event log has been applied to; the version scores them.</item>
/// <item>When the version fails, the ladder is climbed down. The answer names its rung.</item>
/// </list>
/// Touches memory only: no disk, no catalog, no lock but an entity's own. Logs nothing: see <see cref="PredictionDesk"/>. Thread-safe.
/// </summary>
public sealed class Predictor
{
    private readonly EventLog events;
    private readonly TrafficPlans traffic;
    private readonly TimeProvider time;
    private readonly Ladder ladder;
    private volatile FrozenDictionary<string, ServeDefinition> definitions = FrozenDictionary<string, ServeDefinition>.Empty;

    /// <summary>Over the features and traffic plans of one workspace.</summary>
    public Predictor(EventLog events, OnlineFeatures features, TrafficPlans traffic, TimeProvider time)
    {
        (this.events, this.traffic, this.time) = (events, traffic, time);
        Statistics = new ServingStatistics(time);
        ladder = new Ladder(new VersionAttempt(features, Statistics, time), time);
    }

    /// <summary>What each version did since the start.</summary>
    public ServingStatistics Statistics { get; }

    /// <summary>Takes the <c>serve:</c> sections of the applied models.</summary>
    public void Configure(IReadOnlyDictionary<string, ServeDefinition> byModel)
    {
        definitions = byModel.ToFrozenDictionary(StringComparer.Ordinal);
        traffic.Configure(byModel.ToDictionary(m => m.Key, m => m.Value.Requests, StringComparer.Ordinal));
    }

    /// <summary>What a model's file says about serving.</summary>
    public ServeDefinition DefinitionOf(string model) => definitions.GetValueOrDefault(model) ?? ServeDefinition.Default;

    /// <param name="plan">The plan in force; one request sees one plan.</param>
    /// <param name="request">A row that passed its contract, in the order of the schema.</param>
    /// <param name="canonical">The same row as canonical JSON, for the log.</param>
    /// <param name="requestId">Names the prediction.</param>
    /// <param name="terms">What goes with the request.</param>
    /// <param name="problem">Why there is no answer: FLY5001, no rung could give one; FLY5003, time ran out first.</param>
    /// <param name="isLasting">Without an answer: whether the same versions would give none at any time.</param>
    /// <returns>Null when there is no answer.</returns>
    internal PredictionRecord? Predict(
        TrafficPlan plan, Value[] request, ReadOnlyMemory<byte> canonical, string requestId, in PredictionTerms terms, out Problem? problem, out bool isLasting)
    {
        var started = time.GetTimestamp();
        var contract = plan.Champion.Vector.Request;
        var serve = DefinitionOf(plan.Model);
        var instant = contract.EventTimeOf(request, EventTime.From(time.GetUtcNow()));
        var horizon = terms.AsOf ?? events.Applied;
        var unit = Unit(plan.Champion.Vector, request, requestId);
        var (chosen, arm) = plan.Canary is { } canary
            ? canary.Takes(unit) ? (canary.Version, Arm.Canary) : (plan.Champion, Arm.Control)
            : (plan.Champion, Arm.None);

        if (ladder.Climb(plan, chosen, serve, new LadderRequest(request, instant, horizon, terms.DeadlineUnder(serve, time), serve), out var late, out isLasting) is not { } made)
        {
            ServingMeters.Failed(plan.Model, late);
            problem = late
                ? TooLate
                : plan.Unanswered;
            return null;
        }

        problem = null;
        var record = new PredictionRecord
        {
            RequestId = requestId,
            Model = plan.Model,
            Version = made.Version.Version,
            Digest = made.Version.Digest,
            ChosenVersion = chosen.Version,
            RolloutId = plan.Canary?.RolloutId,
            Arm = arm,
            IsByName = plan.IsByName,
            Rung = made.Rung,
            Origin = made.Origin,
            Route = terms.Route,
            Share = (double)(plan.Canary?.Share ?? 0),
            Caller = terms.Caller,
            Unit = unit,
            Instant = instant,
            Horizon = horizon,
            Request = canonical,
            Features = made.Vector,
            Statuses = made.Statuses,
            Raw = made.Score.Raw,
            Score = made.Score.Calibrated,
            Probabilities = made.Score.Probabilities ?? [],
            Decision = made.Version.Rules.Decide(made.Score.Calibrated),
            LatencyMicros = (int)Math.Min(int.MaxValue, time.GetElapsedTime(started).TotalMicroseconds),
        };
        ServingMeters.Answered(record);
        return record;
    }

    internal static Problem TooLate { get; } = new("FLY5003", "Time ran out before anything could answer.", Remedy: "Give more time, or declare a rule under serve: fallback.");

    /// <summary>
    /// Goes the way of a request once for each plan, with an empty row and a model that stands still, so that the first request of a model does not spend its
    /// time on code that is compiled. Nothing is logged or counted, and nobody else is asked.
    /// </summary>
    public void WarmUp()
    {
        foreach (var plan in traffic.All.Values.Where(p => p.Champion.Missing is null))
        {
            try
            {
                WarmUp(plan);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // What an empty row breaks is no request's way: it only stays cold.
            }
        }
    }

    private void WarmUp(TrafficPlan plan)
    {
        var version = plan.Champion with { Scorer = new StillScorer(plan.Champion.Scorer) };
        var row = new Value[version.Vector.Request.Schema.Fields.Count];
        var asked = new LadderRequest(row, EventTime.From(time.GetUtcNow()), events.Applied, Deadline.None, ServeDefinition.Default);
        _ = RequestRow.Read(plan, "{}"u8, out _);
        _ = ladder.Climb(plan with { Champion = version }, version, ServeDefinition.Default, asked, out _, out _);
        _ = version.Rules.Decide(0.5);
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
}
