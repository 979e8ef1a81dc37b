using System.Buffers.Binary;
using System.Globalization;
using Flyball.Engine.Evaluation.Metrics;
using Flyball.Engine.Expressions;
using Flyball.Engine.Identity;
using Flyball.Registry.Gates;
using Flyball.Training.Jobs;

namespace Flyball.Registry;

/// <summary>
/// Decides gates on frozen rows. Whatever cannot be measured fails.
/// <list type="number">
/// <item>Three gates stand before the declared ones: every score is finite, at least one declared gate bounds the model's quality on all rows beyond what knows nothing, and the
/// run proved that serving computes the features it was trained on.</item>
/// <item>A gate on rows is <see cref="RowGate"/>'s: all rows, a slice, or every cell of some columns.</item>
/// <item>A gate on a model test holds when the test was run and passed.</item>
/// </list>
/// Deterministic: draws are seeded by the run. Cost: a thousand evaluations of the metric a relative gate, and a cell.
/// </summary>
public static class GateEvaluator
{
    /// <param name="result">What training measured; null for a bundle made elsewhere.</param>
    /// <param name="request">Schema of the request rows, which slices are written over.</param>
    /// <param name="runId">Seeds the draws.</param>
    public static IReadOnlyList<GateResult> Evaluate(
        IReadOnlyList<GateDefinition> gates, FrozenEvaluation evaluation, TrainingResult? result, RowSchema request, string runId)
    {
        var onRows = new RowGate(evaluation, request, Seed(runId));
        List<GateResult> results = [ScoresFinite(evaluation), BoundsQuality(gates, onRows.Candidate), ParityGate.OfProof(evaluation)];
        results.AddRange(gates.Select(gate =>
            gate.Test is not null ? Tested(gate, evaluation)
            : gate.Metric.Name == GateMetric.FailedTests ? FailedTests(gate, evaluation)
            : gate.Metric.Kind == GateMetricKind.Duration ? Latency(gate, result)
            : onRows.Decide(gate)));
        return results;
    }

    private static GateResult ScoresFinite(FrozenEvaluation evaluation)
    {
        var missing = evaluation.Candidate.Count(s => s is not { } score || !double.IsFinite(score));
        return new GateResult("scores_finite", missing, 0, missing == 0 && evaluation.Candidate.Length > 0, Invariant($"{missing} of {evaluation.Candidate.Length} scores are not finite"));
    }

    /// <summary>A bound on all rows that a model without any skill does not meet. One on a slice leaves the other rows to anything.</summary>
    private static GateResult BoundsQuality(IReadOnlyList<GateDefinition> gates, ScoredRows rows)
    {
        var bounds = gates.Where(g => g is { Bound.IsRelative: false, Slice: null, Cells.Count: 0, Metric: { HigherIsBetter: not null, OfRows: not null } }).ToList();
        var empty = bounds.Where(g => NoSkill.On(g.Metric.OfRows!, rows) is not { } level || GateResult.Holds(level, g.Comparison, g.Bound.Value)).ToList();
        var count = bounds.Count - empty.Count;
        var passedOver = empty.Count == 0 ? "" : $"; a model without skill meets {string.Join(", ", empty.Select(g => g.Text))}";
        return new GateResult("absolute_gate", count, 1, count > 0, count > 0
            ? Invariant($"{count} gates bound the model's quality absolutely{passedOver}")
            : $"no gate bounds the model's quality absolutely on all rows: add one, such as average_precision >= 0.5{passedOver}");
    }

    private static GateResult Tested(GateDefinition gate, FrozenEvaluation evaluation) =>
        evaluation.Tests?.FirstOrDefault(t => t.Test == gate.Test) is { } found
            ? new GateResult(gate.Text, found.Value, found.Bound, found.Ok, found.Detail)
            : GateResult.Failed(gate, $"the run made no test {gate.Test}{(evaluation.Tests is { Count: > 0 } made ? $"; it made {string.Join(", ", made.Select(t => t.Test))}" : "")}");

    private static GateResult FailedTests(GateDefinition gate, FrozenEvaluation evaluation)
    {
        if (gate.Bound.IsRelative)
        {
            return GateResult.Failed(gate, "the number of failed tests is bounded absolutely");
        }

        if (evaluation.Tests is not { Count: > 0 } tests)
        {
            return GateResult.Failed(gate, "the run made no model tests");
        }

        string[] failed = [.. tests.Where(t => !t.Ok).Select(t => t.Test)];
        return GateResult.Compared(gate, failed.Length, Invariant($"{failed.Length} of {tests.Count} model tests failed{(failed.Length == 0 ? "" : $": {string.Join(", ", failed)}")}"));
    }

    private static GateResult Latency(GateDefinition gate, TrainingResult? result)
    {
        if (gate.Bound.IsRelative)
        {
            return GateResult.Failed(gate, "no other version's latency was measured beside it: bound latency absolutely");
        }

        // A result of an earlier program holds the 99th percentile and no other.
        var measured = result?.Latency is { } latency ? latency.Named(gate.Metric.Name) : gate.Metric.Name == "latency_p99" ? result?.LatencyP99Micros : null;
        return measured is { } micros && double.IsFinite(micros)
            ? GateResult.Compared(gate, micros, Invariant($"{micros:0.##} us, bound {gate.Bound.Value:0.##} us"))
            : GateResult.Failed(gate, $"{gate.Metric.Name} was not measured by the run: train again to measure it");
    }

    private static ulong Seed(string runId) => BinaryPrimitives.ReadUInt64LittleEndian(Digest.Of(runId).ToBytes());

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
