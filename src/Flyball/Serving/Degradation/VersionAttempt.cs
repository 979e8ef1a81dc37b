using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Flyball.Engine.Expressions;
using Flyball.Engine.Time;
using Flyball.Engine.Windows;
using Flyball.Features;
using Flyball.Serving.Backends;
using Flyball.Training;

namespace Flyball.Serving.Degradation;

/// <summary>
/// One version's try at one request.
/// <list type="number">
/// <item>Looked up features are read live; when they are out of reach, the last known ones and then the declared ones stand in, where the model file says so.</item>
/// <item>The version scores, unless the same features were scored lately and may be answered from memory. An exception, or a score that is not finite or out of its range, is a failure of the version and never of the request.</item>
/// <item>A version, or features, that keep failing are not asked for a while. What only says something about the request does not count: a score of a model here
/// that is not finite or out of its range, and a remote model that a caller gave too little time.</item>
/// </list>
/// Thread-safe.
/// </summary>
internal sealed class VersionAttempt(OnlineFeatures features, ServingStatistics statistics, TimeProvider time)
{
    /// <summary>How long live features are waited for where something stands in for them: what is held for longer is stuck, or soon too late.</summary>
    private static readonly TimeSpan ShortWait = TimeSpan.FromMilliseconds(20);

    private readonly ConditionalWeakTable<ServedVersion, VersionState> states = [];

    /// <summary>By model: a version's digest is part of what scores are found by.</summary>
    private readonly ConcurrentDictionary<string, ScoreCache> caches = new(StringComparer.Ordinal);

    [ThreadStatic]
    private static Value[]? scratchOfThread;

    [ThreadStatic]
    private static FeatureStatus[]? statusesOfThread;

    [ThreadStatic]
    private static Reading? readingOfThread;

    [ThreadStatic]
    private static Scoring? scoringOfThread;

    /// <summary>The version's state, made at its first request.</summary>
    public VersionState StateOf(ServedVersion version) =>
        states.TryGetValue(version, out var state) ? state : states.GetValue(version, v => new VersionState(v, statistics.Of(v.Model, v.Version), time));

    /// <param name="climb">What was found out on the rungs above, and is added to.</param>
    /// <returns>Null when the version fails.</returns>
    public LadderAnswer? Try(ServedVersion version, Rung rung, FeatureFallback fallback, in LadderRequest request, ref ClimbState climb)
    {
        if (version.Missing is not null)
        {
            // It only keeps its place: there is nothing to try.
            climb.IsPassing = true;
            ServingMeters.VersionFailed(version.Model, version.Version, "not_loaded");
            return null;
        }

        var state = StateOf(version);
        var vector = new Value[version.Vector.Columns.Count];
        var statuses = new FeatureStatus[vector.Length];
        var begun = time.GetTimestamp();
        if (Read(version, state, fallback, request, vector, statuses, ref climb) is not { } source)
        {
            return null;
        }

        return Score(version, state, request, vector, begun, ref climb) is { } score
            ? new LadderAnswer(version, rung, source, vector, source == FeatureOrigin.Live ? statuses : [], score)
            : null;
    }

    /// <summary>The score that was made of the same features lately, or a new one.</summary>
    /// <param name="begun">When its features began to be read.</param>
    private Score? Score(ServedVersion version, VersionState state, in LadderRequest request, Value[] vector, long begun, ref ClimbState climb)
    {
        var started = time.GetTimestamp();

        // A breaker is not asked for what is known: it would learn nothing from it.
        var cache = request.Serve.Cache is { } terms ? CacheOf(version.Model, terms) : null;
        var key = cache is null ? default : ScoreKey.Of(version.Digest, vector);
        if (cache is not null && cache.TryFind(key, out var known))
        {
            state.Statistics.NoteCached(time.GetTimestamp() - started);
            return known;
        }

        started = cache is null ? started : time.GetTimestamp();
        var scoring = scoringOfThread ??= new Scoring();
        var batcher = state.BatcherUnder(request.Serve.Batch);
        scoring.Begin(version, batcher, vector, request, request.Deadline.Left(time));

        var went = Went(state, scoring);
        if (!scoring.Answered)
        {
            climb.IsPassing |= !went || scoring.IsPassing;
            return null;
        }

        var ended = time.GetTimestamp();
        state.Statistics.NoteScored(started - begun, ended - started, isCall: batcher is null);
        cache?.Keep(key, scoring.Score, time.GetElapsedTime(started, ended).TotalMicroseconds);
        return scoring.Score;
    }

    /// <summary>
    /// Makes the attempt. Half of the time that it has by its file tells nothing of a version that waits for others: a breaker learns neither good nor bad from
    /// it, and whoever gives so little asks one that is left alone only when nobody comes who could find out how it is.
    /// </summary>
    private static bool Went(VersionState state, Scoring scoring)
    {
        if (!scoring.Waits)
        {
            return state.Model.Try(scoring, static s => s.Run());
        }

        if (scoring.IsShort)
        {
            return !(state.Model.IsOpen && state.WasTriedLately) && scoring.Run();
        }

        state.NoteTry();
        return state.Model.Try(scoring, static s => s.Run());
    }

    private ScoreCache CacheOf(string model, CacheTerms terms)
    {
        if (caches.TryGetValue(model, out var cache) && ReferenceEquals(cache.Terms, terms))
        {
            return cache;
        }

        return caches.AddOrUpdate(
            model,
            static (m, s) => new ScoreCache(m, s.Terms, s.Time),
            static (m, old, s) => ReferenceEquals(old.Terms, s.Terms) ? old : new ScoreCache(m, s.Terms, s.Time),
            (Terms: terms, Time: time));
    }

    private FeatureOrigin? Read(
        ServedVersion version, VersionState state, FeatureFallback fallback, in LadderRequest request, Value[] vector, FeatureStatus[] statuses, ref ClimbState climb)
    {
        var plan = version.Vector;
        var scratch = Scratch(plan.ScratchWidth);
        if (plan.LookedUp.Count == 0)
        {
            plan.Evaluate(features, request.Row, request.Instant, request.Horizon, scratch, vector, Statuses(plan.ScratchWidth), statuses);
            return FeatureOrigin.Live;
        }

        if (climb.Reaches)
        {
            var reading = readingOfThread ??= new Reading();
            var wait = WaitFor(state, fallback, request);
            reading.Begin(features, version, request, vector, statuses, wait);
            climb.Reaches = state.Features.Try(reading, static r => r.Run());
            if (reading.WasHeld && wait > TimeSpan.Zero)
            {
                state.NoteHeld();
            }

            if (climb.Reaches && reading.Answered)
            {
                if (fallback.MaxStaleMicros is not null)
                {
                    state.LastKnown.Keep(request.Row, request.Instant, Scratch(plan.ScratchWidth).AsSpan(plan.RequestWidth, plan.LookedUp.Count));
                }

                return FeatureOrigin.Live;
            }
        }

        if (fallback.MaxStaleMicros is { } stale && state.LastKnown.Find(request.Row, request.Instant, stale) is { } known)
        {
            plan.Complete(request.Row, known, scratch, vector);
            return FeatureOrigin.LastKnown;
        }

        if (state.DefaultsOf(fallback) is { } declared)
        {
            plan.Complete(request.Row, declared, scratch, vector);
            return FeatureOrigin.Defaults;
        }

        climb.IsPassing |= !climb.Reaches;
        return null;
    }

    /// <summary>Live features are worth waiting for: while something stands in for them not long, and not one after the other; else for as long as the answer is wanted.</summary>
    private TimeSpan WaitFor(VersionState state, FeatureFallback fallback, in LadderRequest request)
    {
        var left = request.Deadline.Left(time);
        return fallback == FeatureFallback.None && request.Serve.Rule is null ? (left < OnlineFeatures.LongestWait ? left : OnlineFeatures.LongestWait)
            : state.FeaturesAreHeld ? TimeSpan.Zero
            : ShortWait < left / 2 ? ShortWait
            : left / 2;
    }

    private static Value[] Scratch(int width) =>
        scratchOfThread is { } scratch && scratch.Length >= width ? scratch : scratchOfThread = new Value[Math.Max(64, width)];

    private static FeatureStatus[] Statuses(int width) =>
        statusesOfThread is { } statuses && statuses.Length >= width ? statuses : statusesOfThread = new FeatureStatus[Math.Max(64, width)];

    /// <summary>Reads live features. It goes wrong when they are out of reach; that the instant is not kept any more is an answer.</summary>
    private sealed class Reading : IFeatureState
    {
        private OnlineFeatures online = null!;
        private ServedVersion version = null!;
        private LadderRequest request;
        private Value[] vector = null!;
        private FeatureStatus[] statuses = null!;
        private TimeSpan wait;

        public bool Answered { get; private set; }

        /// <summary>Whether somebody else held them for longer than this could wait.</summary>
        public bool WasHeld { get; private set; }

        public void Begin(OnlineFeatures from, ServedVersion of, in LadderRequest asked, Value[] into, FeatureStatus[] why, TimeSpan patience) =>
            (online, version, request, vector, statuses, wait, Answered, WasHeld) = (from, of, asked, into, why, patience, false, false);

        public bool Evaluate(EntityFeatureView view, in Value key, EventTime t, Horizon horizon, Span<Value> into, Span<FeatureStatus> reasons = default) =>
            online.Evaluate(view, key, t, horizon, into, reasons, wait);

        public bool Run()
        {
            try
            {
                var width = version.Vector.ScratchWidth;
                Answered = version.Vector.Evaluate(this, request.Row, request.Instant, request.Horizon, Scratch(width), vector, Statuses(width), statuses);
                if (!Answered)
                {
                    // The request is from before what is kept: nulls would be scored as if nothing had ever happened.
                    ServingMeters.VersionFailed(version.Model, version.Version, "instant_not_kept");
                }

                return true;
            }
            catch (FeaturesBusyException)
            {
                WasHeld = true;
                ServingMeters.VersionFailed(version.Model, version.Version, "features_busy");
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                ServingMeters.VersionFailed(version.Model, version.Version, e.GetType().Name);
            }

            return false;
        }
    }

    private sealed class Scoring
    {
        private ServedVersion version = null!;
        private Value[] vector = null!;
        private ScoreBatcher? batcher;
        private LadderRequest request;
        private TimeSpan? left;

        public Score Score { get; private set; }

        /// <summary>Whether the score may be handed out.</summary>
        public bool Answered { get; private set; }

        /// <summary>Whether the same request could be answered at another time.</summary>
        public bool IsPassing { get; private set; }

        /// <summary>Whether it waits for another server, or for other rows: whether there is an answer hangs on the time that is given.</summary>
        public bool Waits => batcher is not null || version.Scorer is RemoteBackend;

        /// <summary>Whether there is less than half of the time that the model's file gives.</summary>
        public bool IsShort
        {
            get
            {
                var own = version.Scorer is RemoteBackend remote ? remote.LongestWait.TotalMicroseconds : double.PositiveInfinity;
                var usual = Math.Min(own, request.Serve.TimeoutMicros ?? double.PositiveInfinity);
                return double.IsFinite(usual) && left is { } given && given.TotalMicroseconds < usual / 2;
            }
        }

        public void Begin(ServedVersion of, ScoreBatcher? together, Value[] given, in LadderRequest asked, TimeSpan? within) =>
            (version, batcher, vector, request, left, Score, Answered, IsPassing) = (of, together, given, asked, within, default, false, false);

        /// <returns>False when it counts as a failure of the version; that it answered is another matter.</returns>
        public bool Run()
        {
            try
            {
                Score = batcher is null ? version.Scorer.ScoreOne(vector, request.Row, left) : batcher.Score(vector, request.Row, request.Deadline);
                Answered = Score.IsFinite && request.Serve.Answer.Holds(version.Scorer.Manifest, Score);
                if (Answered)
                {
                    return true;
                }

                ServingMeters.VersionFailed(version.Model, version.Version, Score.IsFinite ? "out_of_range" : "not_finite");

                // A model here gives every row its own: whoever sends such rows must not take it away from the others.
                IsPassing = version.Scorer is RemoteBackend;
                return !IsPassing;
            }
            catch (RemoteModelException e)
            {
                return Failed(e.Reason);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // Whatever a version's runtime throws is a failure of that version, never of the request.
                return Failed(e.GetType().Name);
            }
        }

        private bool Failed(string reason)
        {
            ServingMeters.VersionFailed(version.Model, version.Version, reason);
            IsPassing = true;
            return false;
        }
    }
}
