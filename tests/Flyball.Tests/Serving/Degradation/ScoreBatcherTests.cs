using System.Collections.Concurrent;
using Flyball.Engine.Expressions;
using Flyball.Serving;
using Flyball.Serving.Degradation;
using Flyball.Tests.Time;
using Flyball.Training;
using Flyball.Training.Encodings;

namespace Flyball.Tests.Serving.Degradation;

/// <summary>Requests in flight together. The clock stands still, so that a batch is scored when it is full and never because time went by.</summary>
public sealed class ScoreBatcherTests
{
    private readonly ManualTimeProvider time = new();
    private VersionStatistics statistics = null!;

    [Fact]
    public void What_is_in_flight_together_is_scored_in_one_call_and_everybody_has_their_own()
    {
        using var scorer = new Scorer(time);

        var scores = Together(scorer, new BatchingTerms(3, 500), [1, 2, 3], out _);

        Assert.Equal([3], scorer.Batches);
        Assert.Equal(new Dictionary<double, double?> { [1] = 10, [2] = 20, [3] = 30 }, scores);

        // One row before anybody else asked, the one that was held, and three at once.
        Assert.Equal([(1, 2L), (3, 1L)], statistics.Read().Batches.Select(b => (b.Rows, b.Scoring.Count)));
    }

    [Fact]
    public void A_bad_row_fails_alone()
    {
        using var scorer = new Scorer(time);

        var scores = Together(scorer, new BatchingTerms(3, 500), [1, -2, 3], out _);

        Assert.Equal(new Dictionary<double, double?> { [1] = 10, [-2] = null, [3] = 30 }, scores);
    }

    /// <summary>The answer is the row's own from the first time on, and the version is not batched again.</summary>
    [Fact]
    public void A_model_that_mixes_rows_is_found_out()
    {
        using var scorer = new Scorer(time) { Mixes = true };

        var scores = Together(scorer, new BatchingTerms(3, 500), [1, 2, 3], out var batcher);

        Assert.Equal(new Dictionary<double, double?> { [1] = 10, [2] = 20, [3] = 30 }, scores);
        Assert.True(batcher.Differs);
    }

    [Fact]
    public void A_row_that_costs_less_than_the_wait_waits_for_nobody()
    {
        using var scorer = new Scorer(time);

        var scores = Together(scorer, new BatchingTerms(3, 2_000_000), [1, 2, 3], out _);

        Assert.Empty(scorer.Batches);
        Assert.Equal(30, scores[3]);
    }

    [Fact]
    public void A_request_whose_time_would_not_last_is_scored_alone()
    {
        using var scorer = new Scorer(time);

        Together(scorer, new BatchingTerms(3, 500), [1, 2, 3], out _, soon: true);

        Assert.Empty(scorer.Batches);
    }

    /// <summary>Whoever waited for a call that ended without scores must not take zeros for some.</summary>
    [Fact]
    public void A_call_that_ends_for_want_of_memory_gives_nobody_a_score()
    {
        using var scorer = new Scorer(time) { IsOutOfMemory = true };

        var scores = Together(scorer, new BatchingTerms(3, 500), [1, 2, 3], out _);

        Assert.Equal(new Dictionary<double, double?> { [1] = null, [2] = null, [3] = null }, scores);
    }

    /// <summary>One request is held inside the model while others come; then they are in flight together.</summary>
    private Dictionary<double, double?> Together(Scorer scorer, BatchingTerms terms, double[] asked, out ScoreBatcher batcher, bool soon = false)
    {
        var made = batcher = new ScoreBatcher(scorer, terms, statistics = new VersionStatistics(time), time);
        made.Score([Value.FromNumber(0)], [], Deadline.None);
        scorer.Hold = true;
        var scores = new ConcurrentDictionary<double, double?>();
        var first = Start(() => made.Score([Value.FromNumber(Scorer.Held)], [], Deadline.None));
        Assert.True(scorer.Entered.Wait(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        var deadline = soon ? Deadline.After(time, time.GetTimestamp(), 100) : Deadline.None;
        var others = asked.Select(a => Start(() => scores[a] = ScoreOf(made, a, deadline))).ToList();
        others.ForEach(t => Assert.True(t.Join(TimeSpan.FromSeconds(30))));
        scorer.Release.Set();
        Assert.True(first.Join(TimeSpan.FromSeconds(30)));
        return new Dictionary<double, double?>(scores);
    }

    private static double? ScoreOf(ScoreBatcher batcher, double asked, Deadline deadline)
    {
        try
        {
            return batcher.Score([Value.FromNumber(asked)], [], deadline).Calibrated;
        }
        catch (Exception e) when (e is InvalidOperationException or OutOfMemoryException)
        {
            return null;
        }
    }

    private static Thread Start(Action what)
    {
        var thread = new Thread(() => what());
        thread.Start();
        return thread;
    }

    /// <summary>Ten times its feature, in a second of the clock for a row alone; a negative feature is too much for it.</summary>
    private sealed class Scorer(ManualTimeProvider time) : IBatchScorer
    {
        public const double Held = 99;

        public bool Hold { get; set; }

        public bool Mixes { get; init; }

        public bool IsOutOfMemory { get; init; }

        public ManualResetEventSlim Entered { get; } = new();

        public ManualResetEventSlim Release { get; } = new();

        public ConcurrentQueue<int> Batches { get; } = new();

        public string Kind => "onnx";

        public ModelManifest Manifest { get; } = new()
        {
            Model = "fraud", Task = "regression", RunId = "", PredictOn = "", RequestContract = "", Features = [], Inputs = [], Gates = [], Decide = [], Definition = [],
            Reference = new ReferenceProfile([], FrozenProfile.Of([0.5]), 1), PackagingDifference = 0,
        };

        public FeatureEncoder Encoder => throw new NotSupportedException();

        public Score ScoreOne(ReadOnlySpan<Value> vector, Value[]? row = null, TimeSpan? within = null)
        {
            var feature = vector[0].AsNumber;
            if (Hold && feature == Held)
            {
                Entered.Set();
                Release.Wait(TimeSpan.FromSeconds(30));
            }
            else if (!Hold)
            {
                time.Advance(TimeSpan.FromSeconds(1));
            }

            return feature < 0 ? throw new InvalidOperationException("bad row") : new Score((float)feature, 10 * feature);
        }

        public void ScoreBatch(IReadOnlyList<Value[]> vectors, Span<Score> scores, TimeSpan? within = null)
        {
            Batches.Enqueue(vectors.Count);
            if (IsOutOfMemory)
            {
#pragma warning disable MA0012 // What the runtime throws is what is tried.
                throw new InsufficientMemoryException();
#pragma warning restore MA0012
            }

            for (var i = 0; i < vectors.Count; i++)
            {
                scores[i] = ScoreOne(vectors[i]) is var score && Mixes ? score with { Calibrated = score.Calibrated + vectors.Count } : score;
            }
        }

        public void Dispose()
        {
            Entered.Dispose();
            Release.Dispose();
        }
    }
}
