using System.Buffers.Binary;
using System.Globalization;
using Flyball.Engine.Evaluation;
using Flyball.Engine.Expressions;
using Flyball.Engine.Identity;
using Flyball.Registry.Gates;
using Flyball.Training.Jobs;

namespace Flyball.Registry;

/// <summary>
/// Decides gates on frozen rows. Whatever cannot be measured fails.
/// <list type="number">
/// <item>Three gates stand before the declared ones: every score is finite, at least one declared gate bounds the model's quality absolutely, and the
/// run proved that serving computes the features it was trained on.</item>
/// <item>An absolute gate compares the metric on all rows, or on a slice of at least 100 rows with 5 positives, with its bound.</item>
/// <item>A gate against the champion compares a one-sided 95 % paired-bootstrap bound of the difference on identical rows with the
/// margin, so that a difference the data cannot tell from a loss does not pass. Without a champion it has nothing to say and passes.</item>
/// </list>
/// Deterministic: draws are seeded by the run. Cost: a thousand evaluations of the metric a relative gate.
/// </summary>
public static class GateEvaluator
{
    private const string MeasuredLatency = "latency_p99";
    private const int LeastRows = 100;
    private const int LeastPositives = 5;
    private const double Alpha = 0.05;
    private const int Replicates = 1000;

    /// <param name="result">What training measured; null for a bundle made elsewhere.</param>
    /// <param name="request">Schema of the request rows, which slices are written over.</param>
    /// <param name="runId">Seeds the draws.</param>
    public static IReadOnlyList<GateResult> Evaluate(
        IReadOnlyList<GateDefinition> gates, FrozenEvaluation evaluation, TrainingResult? result, RowSchema request, string runId)
    {
        var all = EvaluatedRows.All(evaluation);
        List<GateResult> results = [ScoresFinite(evaluation), BoundsQuality(gates), ParityGate.OfProof(evaluation)];
        results.AddRange(gates.Select(gate => gate.Metric.Kind == GateMetricKind.Duration
            ? Latency(gate, result)
            : OnRows(gate, evaluation, all, request, Seed(runId))));
        return results;
    }

    private static GateResult ScoresFinite(FrozenEvaluation evaluation)
    {
        var missing = evaluation.Candidate.Count(s => s is not { } score || !double.IsFinite(score));
        return new GateResult("scores_finite", missing, 0, missing == 0 && evaluation.Candidate.Length > 0, Invariant($"{missing} of {evaluation.Candidate.Length} scores are not finite"));
    }

    private static GateResult BoundsQuality(IReadOnlyList<GateDefinition> gates)
    {
        var count = gates.Count(g => !g.Bound.IsChampion && g.Metric is { HigherIsBetter: not null, Kind: not GateMetricKind.Duration });
        return new GateResult("absolute_gate", count, 1, count > 0, count > 0
            ? Invariant($"{count} gates bound the model's quality absolutely")
            : "no gate bounds the model's quality absolutely: add one, such as average_precision >= 0.5");
    }

    private static GateResult Latency(GateDefinition gate, TrainingResult? result)
    {
        if (gate.Bound.IsChampion)
        {
            return Failed(gate, "the champion's latency was not measured beside it: bound latency absolutely");
        }

        if (gate.Metric.Name != MeasuredLatency)
        {
            return Failed(gate, $"training measures {MeasuredLatency} only");
        }

        if (result is null || !double.IsFinite(result.LatencyP99Micros))
        {
            return Failed(gate, "latency was not measured");
        }

        return Compared(gate, result.LatencyP99Micros, Invariant($"{result.LatencyP99Micros:0.##} us, bound {gate.Bound.Value:0.##} us"));
    }

    private static GateResult OnRows(GateDefinition gate, FrozenEvaluation evaluation, EvaluatedRows all, RowSchema request, ulong seed)
    {
        var task = all.Candidate.Task;
        if (!FrozenMetric.Measures(task, gate.Metric.Name))
        {
            return Failed(gate, $"the metric {gate.Metric.Name} cannot be measured on frozen rows of the task {task}: there are {string.Join(", ", FrozenMetric.NamesOf(task))}");
        }

        if (gate.Bound.IsChampion)
        {
            if (evaluation.ChampionMissing is { } missing)
            {
                return Failed(gate, $"the champion could not be compared: {missing}");
            }

            if (evaluation.Champion is null)
            {
                return new GateResult(gate.Text, null, null, true, "first version, no champion");
            }
        }

        var rows = all;
        if (gate.Slice is { } condition)
        {
            if (EvaluatedRows.Slice(evaluation, condition, request, out var reason) is not { } slice)
            {
                return Failed(gate, $"the slice could not be cut: {reason}");
            }

            rows = slice;
            if (rows.Count < LeastRows || (task.IsProbability && rows.Positives < LeastPositives))
            {
                return Failed(gate, task.IsProbability
                    ? Invariant($"insufficient: the slice holds {rows.Count} rows with {rows.Positives} positives, at least {LeastRows} with {LeastPositives} are needed")
                    : Invariant($"insufficient: the slice holds {rows.Count} rows, at least {LeastRows} are needed"));
            }
        }

        return gate.Bound.IsChampion ? AgainstChampion(gate, rows, seed) : Absolute(gate, rows);
    }

    private static GateResult Absolute(GateDefinition gate, EvaluatedRows rows)
    {
        var measured = FrozenMetric.Measure(gate.Metric.Name, rows.Candidate);
        return measured.Value is { } value
            ? Compared(gate, value, Invariant($"{value:0.######} on {rows.Count} rows, bound {gate.Bound.Value:0.######}"))
            : Failed(gate, $"insufficient: {measured.Insufficient}");
    }

    private static GateResult AgainstChampion(GateDefinition gate, EvaluatedRows rows, ulong seed)
    {
        if (rows.Champion is not { } champion)
        {
            return Failed(gate, "the champion has no finite score on some of the rows");
        }

        var options = new BootstrapOptions { Seed = seed, Replicates = Replicates, Alpha = Alpha };
        var found = FrozenMetric.Compare(gate.Metric.Name, champion, rows.Candidate, options);

        // At least: the difference must not fall below the margin, so its lower bound decides. At most: the upper one.
        var decisive = gate.Comparison is GateComparison.AtLeast or GateComparison.Above ? found.LowerBound : found.UpperBound;
        return decisive.Value is { } bound
            ? Compared(gate, bound, Invariant(
                $"candidate {found.Candidate.Value:0.######}, champion {found.Champion.Value:0.######} on {rows.Count} rows; 95 % bound of the difference {bound:0.######}, margin {gate.Bound.Value:0.######}"))
            : Failed(gate, $"insufficient: {decisive.Insufficient}");
    }

    private static GateResult Compared(GateDefinition gate, double value, string detail) =>
        new(gate.Text, value, gate.Bound.Value, Holds(value, gate.Comparison, gate.Bound.Value), detail);

    private static bool Holds(double value, GateComparison comparison, double bound) => comparison switch
    {
        GateComparison.AtLeast => value >= bound,
        GateComparison.Above => value > bound,
        GateComparison.AtMost => value <= bound,
        GateComparison.Below => value < bound,
        _ => false,
    };

    private static GateResult Failed(GateDefinition gate, string detail) => new(gate.Text, null, null, false, detail);

    private static ulong Seed(string runId) => BinaryPrimitives.ReadUInt64LittleEndian(Digest.Of(runId).ToBytes());

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
