using Flyball.Registry;
using Flyball.Registry.Gates;
using Flyball.Training.Jobs;
using Flyball.Training.ModelTests;

namespace Flyball.Tests.Registry;

public sealed class RowGateTests
{
    private const string Numbers = "regression";

    [Fact]
    public void TheLowerEndOfAnInterval_HoldsLaterThanTheFigure()
    {
        var evaluation = RegistryFixture.Evaluation(0.3, rows: 300);
        var figure = Of("roc_auc >= 0", evaluation).Value!.Value;
        var just = FormattableString.Invariant($"{figure - 0.005:F6}");
        Assert.True(Of($"roc_auc >= {just}", evaluation).Ok);
        var lower = Of($"lower(roc_auc) >= {just}", evaluation);
        Assert.False(lower.Ok);
        Assert.InRange(lower.Value!.Value, 0.4, figure - 0.01);
        Assert.True(Of("lower(roc_auc) >= 0.3", evaluation).Ok);
    }

    [Fact]
    public void TheVersionBeforeTheChampion_IsComparedWith_AndMissingEvidenceFails()
    {
        var good = RegistryFixture.Evaluation(0.6, 0.3);
        var evaluation = good with { Previous = good.Champion, PreviousDigest = "p" };
        Assert.True(Of("roc_auc >= previous", evaluation).Ok);
        Assert.False(Of("roc_auc >= previous", evaluation with { Candidate = good.Champion!, Previous = good.Candidate }).Ok);
        Assert.True(Of("roc_auc >= previous", good).Ok);
        Assert.False(Of("roc_auc >= previous", evaluation with { PreviousMissing = "features changed" }).Ok);
        evaluation.Previous![3] = null;
        Assert.Contains("no finite score", Of("roc_auc >= previous", evaluation).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void TheBaseline_MustBeBeaten_AndMustBeThere()
    {
        var evaluation = RegistryFixture.Evaluation(0.6);
        Assert.False(Of("roc_auc >= baseline", evaluation).Ok);
        var beside = evaluation with { Baseline = [.. evaluation.Labels.Select(_ => 0.1)] };
        Assert.True(Of("roc_auc >= baseline + 0.2", beside).Ok);
        Assert.False(Of("roc_auc >= baseline + 0.49", RegistryFixture.Evaluation(0.2) with { Baseline = beside.Baseline }).Ok);
    }

    [Fact]
    public void RowsWithoutAValue_AreACellOfTheirOwn()
    {
        var evaluation = WithCountries(RegistryFixture.Evaluation(0.9), 4);
        string?[] countries = [.. evaluation.Texts!["country"].Select((c, i) => i % 4 == 0 ? null : c)];
        evaluation = evaluation with { Texts = new Dictionary<string, string?[]> { ["country"] = countries } };
        Assert.True(Of("slices(country): roc_auc >= 0.9", evaluation).Ok);
        for (var i = 0; i < countries.Length; i += 4)
        {
            evaluation.Candidate[i] = 1 - evaluation.Candidate[i];
        }

        var broken = Of("slices(country): roc_auc >= 0.5", evaluation);

        Assert.False(broken.Ok);
        Assert.Contains("country = (missing)", broken.Detail, StringComparison.Ordinal);
        var few = evaluation with { Texts = new Dictionary<string, string?[]> { ["country"] = [.. countries.Select((_, i) => i < 5 ? null : "DE")] } };
        Assert.Contains("too small", Of("slices(country): roc_auc >= 0.5", few).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryCell_MustHold()
    {
        var evaluation = WithCountries(RegistryFixture.Evaluation(0.9), 4);
        Assert.True(Of("slices(country): roc_auc >= 0.9", evaluation).Ok);
        for (var i = 0; i < 2000; i += 4)
        {
            evaluation.Candidate[i] = 1 - evaluation.Candidate[i];
        }

        var broken = Of("slices(country): roc_auc >= 0.5", evaluation);
        Assert.False(broken.Ok);
        Assert.Contains("3 of 4 cells hold", broken.Detail, StringComparison.Ordinal);
        Assert.Contains("country = C0", broken.Detail, StringComparison.Ordinal);
        Assert.True(Of("slice(country = 'C1'): roc_auc >= 0.9", evaluation).Ok);
        Assert.False(Of("slice(country = 'C0'): roc_auc >= 0.9", evaluation).Ok);
    }

    [Fact]
    public void ACellThatIsTooSmall_OrAColumnThatIsNotThere_Fails()
    {
        var small = Of("slices(country): roc_auc >= 0.1", WithCountries(RegistryFixture.Evaluation(0.9), 40));
        Assert.False(small.Ok);
        Assert.Contains("insufficient", small.Detail, StringComparison.Ordinal);
        Assert.False(Of("slices(country): roc_auc >= 0.1", RegistryFixture.Evaluation(0.9)).Ok);
        Assert.False(Of("slices(amount): roc_auc >= 0.1", RegistryFixture.Evaluation(0.9)).Ok);
    }

    [Fact]
    public void AModelTest_MustHavePassed_AndMustHaveBeenMade()
    {
        var evaluation = RegistryFixture.Evaluation(0.9);
        Assert.False(Of("test(golden_set)", evaluation).Ok);
        Assert.False(Of("failed_tests <= 0", evaluation).Ok);
        var tested = evaluation with { Tests = [new("golden_set", 0, 0, true, 3, "met"), new("amount_increase_not_lower", 0.2, 0, false, 500, "not met")] };
        Assert.True(Of("test(golden_set)", tested).Ok);
        Assert.False(Of("test(amount_increase_not_lower)", tested).Ok);
        Assert.Contains("golden_set", Of("test(other)", tested).Detail, StringComparison.Ordinal);
        Assert.False(Of("failed_tests <= 0", tested).Ok);
        Assert.True(Of("failed_tests <= 1", tested).Ok);
        Assert.False(Of("failed_tests <= champion", tested).Ok);
    }

    [Fact]
    public void ATestAlone_BoundsNoQuality()
    {
        var evaluation = RegistryFixture.Evaluation(0.9) with { Tests = [new("golden_set", 0, 0, true, 3, "met")] };
        Assert.False(All(["test(golden_set)", "failed_tests <= 0"], evaluation).Single(r => r.Gate == "absolute_gate").Ok);
        Assert.True(All(["lower(roc_auc) >= 0.6"], evaluation).Single(r => r.Gate == "absolute_gate").Ok);
    }

    [Theory]
    [InlineData("rmse <= 2", true)]
    [InlineData("rmse <= 0.5", false)]
    [InlineData("r2 >= 0.9", true)]
    [InlineData("upper(mae) <= 1.1", true)]
    [InlineData("rmse <= baseline", true)]
    [InlineData("rmse <= champion", true)]
    [InlineData("rmse <= champion - 5", false)]
    [InlineData("roc_auc >= 0.1", false)]
    public void NumbersAreJudgedByTheirOwnMetrics(string gate, bool holds)
    {
        var evaluation = RegistryFixture.Evaluation(0.9) with
        {
            Task = Numbers,
            Labels = [.. Enumerable.Range(0, 2000).Select(i => (double)(i % 50))],
            Candidate = [.. Enumerable.Range(0, 2000).Select(i => (double?)((i % 50) + (i % 2 == 0 ? 1 : -1)))],
            Champion = [.. Enumerable.Range(0, 2000).Select(i => (double?)((i % 50) + (i % 3)))],
            Baseline = [.. Enumerable.Repeat(24.5, 2000)],
        };
        Assert.Equal(holds, Of(gate, evaluation).Ok);
    }

    [Theory]
    [InlineData("accuracy >= 0.9", true)]
    [InlineData("roc_auc_ovr_macro >= 0.9", true)]
    [InlineData("f1_macro >= champion + 0.1", true)]
    [InlineData("log_loss <= baseline", true)]
    [InlineData("rmse <= 100", false)]
    public void SeveralClassesAreJudgedByTheirProbabilities(string gate, bool holds)
    {
        float[][] Of3(Func<int, int> answer, float sure) =>
            [.. Enumerable.Range(0, 2000).Select(i => Enumerable.Range(0, 3).Select(c => c == answer(i) ? sure : (1 - sure) / 2).ToArray())];
        var candidate = Of3(i => i % 20 == 0 ? (i + 1) % 3 : i % 3, 0.8f);
        var evaluation = RegistryFixture.Evaluation(0.9) with
        {
            Task = "multiclass-classification",
            Classes = ["a", "b", "c"],
            Labels = [.. Enumerable.Range(0, 2000).Select(i => (double)(i % 3))],
            Candidate = [.. candidate.Select(p => (double?)p.Max())],
            CandidateProbabilities = candidate,
            Champion = [.. Enumerable.Repeat((double?)0.6, 2000)],
            ChampionProbabilities = Of3(i => i % 2 == 0 ? i % 3 : 0, 0.6f),
            Baseline = [.. Enumerable.Repeat(0.34, 2000)],
            BaselineProbabilities = Of3(_ => 0, 0.34f),
        };
        Assert.Equal(holds, Of(gate, evaluation).Ok);
        Assert.False(Of(gate, evaluation with { CandidateProbabilities = null }).Ok);
    }

    [Theory]
    [InlineData(0.05, null, true)]
    [InlineData(0.001, null, false)]
    [InlineData(0.05, 0.01, false)]
    public void ARegressionTest_CountsFlippedDecisions(double flips, double? largest, bool ok)
    {
        var plan = RegistryFixture.Plan([]);
        var evaluation = RegistryFixture.Evaluation(0.9, 0.9);
        double?[] champion = [.. evaluation.Candidate];
        for (var i = 0; i < 40; i++)
        {
            champion[i] = champion[i] >= 0.87 ? 0.5 : 0.9;
        }

        var definition = new ModelTestDefinition("regression", ModelTestKind.Regression, "", null, "", 0, flips, largest);
        var found = RegressionTest.Run(definition, plan, evaluation with { Champion = champion });
        Assert.Equal(ok, found.Ok);
        Assert.Equal(0.02, found.Value!.Value, 1e-12);
        Assert.True(RegressionTest.Run(definition, plan, evaluation with { Champion = null }).Ok);
        Assert.False(RegressionTest.Run(definition, plan, evaluation with { ChampionMissing = "gone" }).Ok);
    }

    private static FrozenEvaluation WithCountries(FrozenEvaluation evaluation, int countries) =>
        evaluation with { Texts = new Dictionary<string, string?[]> { ["country"] = [.. evaluation.Labels.Select((_, i) => $"C{i % countries}")] } };

    private static GateResult Of(string gate, FrozenEvaluation evaluation) => All([gate], evaluation).Single(r => r.Gate == gate);

    private static IReadOnlyList<GateResult> All(string[] gates, FrozenEvaluation evaluation) =>
        GateEvaluator.Evaluate([.. gates.Select(GateDefinition.Parse)], evaluation, null, RegistryFixture.Request, "run");
}
