using Flyball.Registry;
using Flyball.Registry.Gates;
using Flyball.Training.Jobs;
using Flyball.Training.ModelTests;

namespace Flyball.Tests.Registry;

public class GateEvaluatorTests
{
    private const string Absolute = "average_precision >= 0.5";

    [Theory]
    [InlineData(0.9, true)]
    [InlineData(0.0, false)]
    public void An_absolute_gate_holds_for_a_model_with_skill_and_refuses_one_that_guesses(double skill, bool holds) =>
        Assert.Equal(holds, Of(Absolute, RegistryFixture.Evaluation(skill)).Ok);

    [Theory]
    [InlineData("expected_calibration_error <= 0.2", true)]
    [InlineData("expected_calibration_error <= 0.0001", false)]
    [InlineData("recall >= 0.9", true)]
    [InlineData("false_positive_rate <= 0.01", true)]
    public void Metrics_of_which_less_is_better_are_bounded_above(string gate, bool holds) =>
        Assert.Equal(holds, Of(gate, RegistryFixture.Evaluation(0.9)).Ok);

    [Theory]
    [InlineData(4_000, true)]
    [InlineData(6_000, false)]
    public void Latency_is_held_to_its_bound(double micros, bool holds) =>
        Assert.Equal(holds, Of("latency_p99 <= 5ms", RegistryFixture.Evaluation(0.9), Result(micros)).Ok);

    [Theory]
    [InlineData("latency_p50 <= 20us", true)]
    [InlineData("latency_p50 <= 19us", false)]
    [InlineData("latency_p95 <= 80us", true)]
    [InlineData("latency_p95 <= 79us", false)]
    [InlineData("latency_p99 <= 100us", true)]
    [InlineData("latency_p99 <= 99us", false)]
    [InlineData("latency_p95 <= champion + 1ms", false)]
    public void Each_percentile_is_held_to_its_own_bound(string gate, bool holds) =>
        Assert.Equal(holds, Of(gate, RegistryFixture.Evaluation(0.9), Result(100) with { Latency = new RowLatency(500, 1000, 20, 80, 100) }).Ok);

    [Theory]
    [InlineData("latency_p50 <= 5ms")]
    [InlineData("latency_p95 <= 5ms")]
    [InlineData("latency_p99 <= 5ms")]
    public void Latency_that_was_not_measured_fails(string gate)
    {
        Assert.False(Of(gate, RegistryFixture.Evaluation(0.9)).Ok);
        Assert.False(Of(gate, RegistryFixture.Evaluation(0.9), Result(double.NaN)).Ok);
        // A result of a program that kept one percentile says nothing of the others.
        Assert.Equal(gate.StartsWith("latency_p99", StringComparison.Ordinal), Of(gate, RegistryFixture.Evaluation(0.9), Result(10)).Ok);
    }

    [Fact]
    public void A_percentile_is_the_least_measurement_that_its_share_does_not_exceed()
    {
        double[] hundred = [.. Enumerable.Range(1, 100).Reverse().Select(i => (double)i)];

        Assert.Equal(new RowLatency(10, 100, 50, 95, 99), RowLatency.Of(hundred, 10));
        Assert.Equal(new RowLatency(1, 3, 2, 3, 3), RowLatency.Of([3, 1, 2], 1));
        Assert.Equal(new RowLatency(1, 1, 7, 7, 7), RowLatency.Of([7], 1));
    }

    [Theory]
    [InlineData(0.6, 0.6, true)]
    [InlineData(0.6, 0.3, true)]
    [InlineData(0.3, 0.6, false)]
    public void A_gate_against_the_champion_asks_for_no_loss_beyond_the_margin(double candidate, double champion, bool holds) =>
        Assert.Equal(holds, Of("roc_auc >= champion - 0.02", RegistryFixture.Evaluation(candidate, champion)).Ok);

    [Fact]
    public void A_difference_that_the_rows_cannot_tell_from_a_loss_does_not_pass()
    {
        // As good as the champion on few rows: the point difference is within the margin, its lower bound is not.
        var evaluation = RegistryFixture.Evaluation(0.3, 0.3, rows: 150);
        var result = Of("roc_auc >= champion - 0.005", evaluation);
        Assert.False(result.Ok);
        Assert.True(result.Value < result.Bound);
    }

    [Fact]
    public void The_first_version_passes_gates_against_the_champion() =>
        Assert.True(Of("roc_auc >= champion - 0.005", RegistryFixture.Evaluation(0.2)).Ok);

    [Fact]
    public void A_champion_that_could_not_be_compared_fails_its_gates() =>
        Assert.False(Of("roc_auc >= champion - 0.5", RegistryFixture.Evaluation(0.9, 0.1) with { ChampionMissing = "features changed" }).Ok);

    [Fact]
    public void A_model_without_an_absolute_gate_on_its_quality_is_refused()
    {
        var results = All(["roc_auc >= champion - 0.005", "latency_p99 <= 5ms"], RegistryFixture.Evaluation(0.9), Result(10));
        Assert.False(results.Single(r => r.Gate == "absolute_gate").Ok);
        Assert.True(All([Absolute], RegistryFixture.Evaluation(0.9), null).Single(r => r.Gate == "absolute_gate").Ok);
    }

    [Fact]
    public void One_score_that_is_not_finite_fails()
    {
        var evaluation = RegistryFixture.Evaluation(0.9);
        Assert.True(Finite(evaluation));
        evaluation.Candidate[7] = null;
        Assert.False(Finite(evaluation));

        static bool Finite(FrozenEvaluation e) => All([Absolute], e, null).Single(r => r.Gate == "scores_finite").Ok;
    }

    [Theory]
    [InlineData("slice(amount >= 1000): average_precision >= 0.5", true)]
    [InlineData("slice(amount >= 1950): average_precision >= 0.5", false)]
    [InlineData("slice(country = 'NL'): average_precision >= 0.5", false)]
    [InlineData("slice(amuont >= 1): average_precision >= 0.5", false)]
    [InlineData("slice(amount + 1): average_precision >= 0.5", false)]
    public void A_slice_is_measured_when_it_is_large_enough_and_can_be_cut(string gate, bool holds) =>
        Assert.Equal(holds, Of(gate, RegistryFixture.Evaluation(0.9)).Ok);

    [Fact]
    public void A_slice_looks_at_its_own_rows_only()
    {
        var evaluation = RegistryFixture.Evaluation(0.9);
        for (var i = 1000; i < 2000; i++)
        {
            evaluation.Candidate[i] = 1 - evaluation.Candidate[i];
        }

        Assert.True(Of("slice(amount < 1000): roc_auc >= 0.9", evaluation).Ok);
        Assert.False(Of("slice(amount >= 1000): roc_auc >= 0.9", evaluation).Ok);
    }

    [Fact]
    public void The_same_run_gives_the_same_figures()
    {
        var evaluation = RegistryFixture.Evaluation(0.4, 0.4);
        Assert.Equal(Of("roc_auc >= champion - 0.02", evaluation), Of("roc_auc >= champion - 0.02", evaluation));
    }

    private static GateResult Of(string gate, FrozenEvaluation evaluation, TrainingResult? result = null) =>
        All([gate], evaluation, result).Single(r => r.Gate == gate);

    private static IReadOnlyList<GateResult> All(string[] gates, FrozenEvaluation evaluation, TrainingResult? result) =>
        GateEvaluator.Evaluate([.. gates.Select(GateDefinition.Parse)], evaluation, result, RegistryFixture.Request, "run");

    private static TrainingResult Result(double latency) => new()
    {
        RunId = "run",
        Bundle = "",
        Metrics = new Dictionary<string, double>(),
        Parts = [],
        Steps = [],
        LatencyP99Micros = latency,
        PackagingDifference = 0,
        CpuSeconds = 1,
        PeakMemoryBytes = 1,
    };
}
