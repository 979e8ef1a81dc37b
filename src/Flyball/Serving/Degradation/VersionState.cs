using Flyball.Engine.Expressions;
using Flyball.Training;

namespace Flyball.Serving.Degradation;

/// <summary>What a loaded version has learned while it serves: how often it failed, and what entities were answered with.</summary>
internal sealed class VersionState(ServedVersion version, VersionStatistics statistics, TimeProvider time)
{
    /// <summary>How long it is taken for granted that what was held still is.</summary>
    private static readonly TimeSpan Held = TimeSpan.FromSeconds(1);

    private readonly Lazy<LastKnownFeatures> lastKnown = new(() => new LastKnownFeatures(version.Vector));
    /// <summary>Until when features that are held are not waited for, on the clock of <see cref="TimeProvider.GetTimestamp"/>.</summary>
    private long heldUntil = long.MinValue;
    private ScoreBatcher? batcher;
    private long lastTry;
    private Declared? defaults;

    /// <summary>Where what it does is counted.</summary>
    public VersionStatistics Statistics => statistics;

    /// <summary>Opens when the version keeps failing.</summary>
    public Breaker Model { get; } = new(time);

    /// <summary>Opens when its features keep being out of reach.</summary>
    public Breaker Features { get; } = new(time);

    /// <summary>Whether somebody with the usual time tried lately: then its breaker is found out about.</summary>
    public bool WasTriedLately => Volatile.Read(ref lastTry) is var at and not 0 && time.GetElapsedTime(at) < 2 * Breaker.Pause;

    /// <summary>Notes an attempt with the usual time.</summary>
    public void NoteTry() => Volatile.Write(ref lastTry, time.GetTimestamp());

    /// <summary>Scores requests together as the model's file says; null when it says nothing, or the version cannot.</summary>
    public ScoreBatcher? BatcherUnder(BatchingTerms? terms)
    {
        if (terms is null || version.Scorer is not IBatchScorer scorer)
        {
            return null;
        }

        if (Volatile.Read(ref batcher) is { } known && ReferenceEquals(known.Terms, terms))
        {
            return known;
        }

        // Requests wait on their threads, and the pool adds one each half second when all of them wait: longer than any request has.
        ThreadPool.GetMinThreads(out var workers, out var ports);
        ThreadPool.SetMinThreads(Math.Max(workers, Environment.ProcessorCount + terms.Most), ports);
        var made = new ScoreBatcher(scorer, terms, statistics, time);
        Volatile.Write(ref batcher, made);
        return made;
    }

    /// <summary>
    /// Whether a request waited for held features in vain a moment ago, while something stands in for them. Whoever comes next would wait as long, and as many as may wait
    /// at once would be all that is answered: they look, and wait for nothing.
    /// </summary>
    public bool FeaturesAreHeld => Volatile.Read(ref heldUntil) is var until && until != long.MinValue && time.GetTimestamp() < until;

    /// <summary>A request waited for held features in vain.</summary>
    public void NoteHeld() => Volatile.Write(ref heldUntil, time.GetTimestamp() + (long)(Held.TotalSeconds * time.TimestampFrequency));

    public LastKnownFeatures LastKnown => lastKnown.Value;

    /// <summary>The declared values in the order of the version's look-ups; null when they are not to be used or do not suffice.</summary>
    public Value[]? DefaultsOf(FeatureFallback fallback)
    {
        // Replaced whole, by one reference: many ask at once.
        if (Volatile.Read(ref defaults) is not { } known || !ReferenceEquals(known.Fallback, fallback))
        {
            known = new Declared(fallback, fallback.DefaultsOf(version.Vector));
            Volatile.Write(ref defaults, known);
        }

        return known.Values;
    }

    private sealed record Declared(FeatureFallback Fallback, Value[]? Values);
}
