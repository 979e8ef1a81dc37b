using System.Globalization;
using Flyball.Engine.Sequential;
using Flyball.Engine.Time;
using Flyball.Serving;

namespace Flyball.Rollout;

/// <summary>
/// What a rollout has seen, from the prediction log alone. State of one rollout; rebuilt from the log after a restart.
/// <list type="number">
/// <item>Bad events: the first of each unit, against the traffic shares of its step; the evidence of the steps multiplies
/// (Lindon and Malek, arXiv 2011.03567).</item>
/// <item>Scores: the first of each unit in a step, compared between the arms of that step only, so that a change of the mix
/// between steps is no difference between versions (Howard and Ramdas, arXiv 1906.09712).</item>
/// <item>Assignment: each unit once, where it was first seen, against the share of that step.</item>
/// </list>
/// Counting units and not requests keeps the observations independent: a unit stays in its arm, whatever it does there.
/// Not thread-safe. Memory: 8 to 16 bytes a unit, at most <see cref="MostUnits"/> units.
/// </summary>
internal sealed class RolloutEvidence
{
    /// <summary>Level of all guardrails together: how often equal versions are rolled back at most.</summary>
    public const double Alpha = 0.05;

    /// <summary>Level of the sample-ratio check, which holds and never rolls back.</summary>
    public const double SampleRatioAlpha = 0.01;

    /// <summary>Units that were seen beyond this many are not told apart any more: they count for bad events only.</summary>
    public const int MostUnits = 2_000_000;

    /// <summary>One prediction in a hundred may be late before a p99 is.</summary>
    private const double LatencyTolerance = 0.01;

    private const int Control = 0;
    private const int Canary = 1;

    private readonly RolloutRun run;
    private readonly HashSet<ulong> badUnits = [];
    private readonly HashSet<ulong> seenUnits = [];
    private readonly HashSet<ulong> scoredUnits = [];
    private readonly long[] predictions = new long[2];
    private readonly long[] badEvents = new long[2];
    private MultinomialTest errors;
    private MultinomialTest sampleRatio;
    private DkwComparison scores;
    private DkwComparison latencies;
    private double expectedBad;
    private GuardrailReading? errorsBreached;

    public RolloutEvidence(RolloutRun run)
    {
        this.run = run;
        var weights = Weights(0);

        // The prior's weight on the canary is kept from vanishing at small shares.
        errors = MultinomialTest.Start(weights, Math.Max(10, 0.5 / (double)run.Definition.Steps[0]));
        sampleRatio = MultinomialTest.Start(weights, 100);
        scores = DkwComparison.Start([.. run.Definition.ScorePoints]);
        latencies = DkwComparison.Start([run.Definition.LatencyBudgetMicros]);
    }

    /// <summary>How far the prediction log has been read.</summary>
    public Horizon Position { get; private set; }

    public int Step { get; private set; }

    /// <summary>Records that could not be decoded.</summary>
    public long Unreadable { get; private set; }

    public long CanaryPredictions => predictions[Canary];

    public long ControlPredictions => predictions[Control];

    /// <summary>Whether both arms of the step have been seen often enough.</summary>
    public bool Enough => CanaryPredictions >= run.Definition.MinSamples && ControlPredictions >= run.Definition.MinSamples;

    /// <summary>Opens a step: predictions from here on were made under its share.</summary>
    public void Open(int step, Horizon settled)
    {
        if (step != Step)
        {
            errors = errors.Ramp(Weights(step));
            sampleRatio = sampleRatio.Ramp(Weights(step));
            scores = DkwComparison.Start(scores.Edges.AsSpan());
            latencies = DkwComparison.Start(latencies.Edges.AsSpan());
            scoredUnits.Clear();
            Array.Clear(predictions);
            Step = step;
        }

        Position = settled;
    }

    /// <summary>Takes the next record of the log.</summary>
    public void Read(long seq, ReadOnlySpan<byte> payload)
    {
        Position = new Horizon(seq);
        PredictionRecord record;
        try
        {
            record = PredictionCodec.Decode(payload);
        }
        catch (InvalidDataException)
        {
            // One damaged record must not blind the guardrails to all that follow.
            Unreadable++;
            return;
        }

        if (!record.IsTest && record.RolloutId == run.Id && record.Arm is Serving.Arm.Control or Serving.Arm.Canary)
        {
            Add(record);
        }
    }

    /// <summary>Skips a record of another stream.</summary>
    public void Skip(long seq) => Position = new Horizon(seq);

    public IReadOnlyList<GuardrailReading> Readings() => [.. run.Definition.Guardrails.Select(g => g switch
    {
        RolloutDefinition.Errors => Errors(),
        RolloutDefinition.Latency => Latencies(),
        _ => Scores(),
    })];

    public GuardrailReading SampleRatio()
    {
        long control = sampleRatio.Steps.Sum(s => s.Counts[Control]), canary = sampleRatio.Steps.Sum(s => s.Counts[Canary]);
        var expected = sampleRatio.Steps.Sum(s => s.Counts.Sum() * s.Weights[Canary]);
        return new GuardrailReading(
            "sample_ratio", sampleRatio.Rejects(SampleRatioAlpha), sampleRatio.PValue, SampleRatioAlpha,
            Invariant($"{canary} units on the canary and {control} on control, {expected:0.#} expected on the canary; p {sampleRatio.PValue:0.######}"));
    }

    private void Add(PredictionRecord record)
    {
        var arm = record.Arm == Serving.Arm.Canary ? Canary : Control;
        var unit = StickyAssignment.Position(run.Id, record.Unit);
        predictions[arm]++;
        if (seenUnits.Count < MostUnits && seenUnits.Add(unit))
        {
            sampleRatio = sampleRatio.Observe(arm);
        }

        if (record.IsDegraded || record.Version != record.ChosenVersion)
        {
            AddBad(arm, unit);
        }
        else if (scoredUnits.Count < MostUnits && scoredUnits.Add(unit))
        {
            scores = Count(scores, arm, record.Score);
            latencies = Count(latencies, arm, record.LatencyMicros);
        }
    }

    private void AddBad(int arm, ulong unit)
    {
        if (!badUnits.Add(unit))
        {
            return;
        }

        badEvents[arm]++;
        expectedBad += (double)run.Definition.Steps[Step];
        errors = errors.Observe(arm);

        // Kept from the event at which it happened: valid at every event, so a later look must not lose it.
        if (errorsBreached is null && Errors() is { Breached: true } breached)
        {
            errorsBreached = breached;
        }
    }

    private GuardrailReading Errors()
    {
        if (errorsBreached is { } before)
        {
            return before;
        }

        var alpha = Level;
        var worse = badEvents[Canary] > expectedBad;
        var evidence = errors.LogBayesFactor;
        var bound = Math.Log(1 / alpha);
        var detail = Invariant($"{badEvents[Canary]} units with a bad event on the canary and {badEvents[Control]} on control, {expectedBad:0.#} expected on the canary");
        return new GuardrailReading(RolloutDefinition.Errors, worse && evidence > bound, evidence, bound, detail);
    }

    private GuardrailReading Scores()
    {
        if (scores.Gap() is not var (above, below))
        {
            return new GuardrailReading(RolloutDefinition.ScoreDistribution, false, null, null, "an arm has no scores yet");
        }

        var gap = Math.Max(above, below);
        var bound = scores.Limit(StepLevel) + run.Definition.ScoreTolerance;
        return new GuardrailReading(
            RolloutDefinition.ScoreDistribution, gap > bound, gap, bound,
            Invariant($"largest gap {gap:0.####} over {scores.CanaryCount} and {scores.ControlCount} units, allowed {bound:0.####}"));
    }

    /// <summary>Each step that has a control is a comparison of its own and takes its part of the level.</summary>
    private double StepLevel => Level / Math.Max(1, run.Definition.Steps.Count(s => s < 1));

    private double Level => Alpha / Math.Max(1, run.Definition.Guardrails.Count);

    private GuardrailReading Latencies()
    {
        if (latencies.Gap() is not var (slower, _))
        {
            return new GuardrailReading(RolloutDefinition.Latency, false, null, null, "an arm has no latencies yet");
        }

        var bound = latencies.Limit(StepLevel) + LatencyTolerance;
        return new GuardrailReading(
            RolloutDefinition.Latency, slower > bound, slower, bound,
            Invariant($"{slower:0.####} more of the canary's predictions than of control's take {run.Definition.LatencyBudgetMicros} us or longer, allowed {bound:0.####}"));
    }

    private static DkwComparison Count(DkwComparison into, int arm, double value)
    {
        Span<long> control = stackalloc long[into.Edges.Length + 1];
        Span<long> canary = stackalloc long[into.Edges.Length + 1];
        (arm == Canary ? canary : control)[into.BucketOf(value)] = 1;
        return into.Add(control, canary);
    }

    private double[] Weights(int step)
    {
        var share = (double)run.Definition.Steps[step];
        return [1 - share, share];
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
