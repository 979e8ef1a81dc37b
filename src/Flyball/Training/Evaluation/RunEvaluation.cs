using System.Buffers.Binary;
using System.Globalization;
using Flyball.Engine.Identity;
using Flyball.Engine.Time;
using Flyball.Training.Bundles;
using Flyball.Training.Datasets;
using Flyball.Training.Jobs;
using Flyball.Training.ModelTests;
using Flyball.Training.Splits;
using Flyball.Training.Tasks;
using Flyball.Training.XGBoost;

namespace Flyball.Training.Evaluation;

/// <summary>
/// What a run finds about its model beside the frozen scores: model tests, importance, and the report that goes into the bundle.
/// </summary>
internal sealed class RunEvaluation(TrainingJob job, ModelPlan model, TrainingSet set, ModelBundle bundle, FrozenRows frozen)
{
    private readonly ulong seed = BinaryPrimitives.ReadUInt64LittleEndian(Digest.Of(job.RunId).ToBytes());

    /// <summary>The frozen evaluation with all evidence that gates ask for, and the report.</summary>
    /// <param name="scorer">The bundle, loaded.</param>
    /// <param name="evidence">What else the run found.</param>
    public ((FrozenEvaluation Evaluation, EvaluationReport Report) Found, string Detail) Complete(BundleScorer scorer, RunEvidence evidence)
    {
        var scores = frozen.Score(scorer);
        var metrics = RunMetrics.Told(frozen.Metrics(scores)).Select(m => string.Create(CultureInfo.InvariantCulture, $"{m.Key} {m.Value:F4}"));
        var found = Judge(scorer, frozen.Freeze(scores, evidence.Champion, evidence.Previous) with
        {
            Proof = evidence.Proof,
            Baseline = evidence.Baseline.Scores,
            BaselineProbabilities = evidence.Baseline.Probabilities,
            Split = SplitMembers.Of(set),
        });
        var tests = found.Evaluation.Tests!;
        return (found, string.Create(CultureInfo.InvariantCulture, $"{string.Join(", ", metrics)}; {tests.Count(t => t.Ok)} of {tests.Count} model tests passed"));
    }

    private (FrozenEvaluation Evaluation, EvaluationReport Report) Judge(BundleScorer scorer, FrozenEvaluation evaluation)
    {
        var inputs = new ModelInputs(scorer, frozen.Inputs(scorer, set.Test), set.Test.Rows);
        var explained = ModelImportance.Contributions(bundle, inputs);
        List<ModelTestResult> alone = [Packaging(scorer), Reload(scorer)];
        if (explained is { } found)
        {
            alone.Add(found.Test);
        }

        alone.AddRange(new ModelTester(model, set.Test, part => frozen.Score(scorer, part), new KnownAt(job.AsOfMicros)).Run());
        var compared = model.Checks.Tests.Where(t => t.Kind == ModelTestKind.Regression).Select(t => RegressionTest.Run(t, model, evaluation));
        var reporter = new EvaluationReporter(model, evaluation, set.Test.Requests!, seed);
        var permutation = ModelImportance.Permutation(bundle, inputs, FrozenScores.Of(evaluation).Candidate, reporter.Headline, seed);
        return (evaluation with { Tests = [.. alone, .. compared] }, reporter.Report(permutation, explained?.Contributions, alone));
    }

    /// <summary>That the packaged model gives the trained one's scores; no bundle is made when it does not, so this shows the figure.</summary>
    private ModelTestResult Packaging(BundleScorer scorer)
    {
        var difference = scorer.Manifest.PackagingDifference;
        return new ModelTestResult(
            "packaging", difference, PackagingCheck.Tolerance, difference <= PackagingCheck.Tolerance, set.Test.Rows,
            FormattableString.Invariant($"the packaged model's scores are within {difference:0.##E+0} of the trained model's"));
    }

    /// <summary>That the bundle, packed, read back and loaded once more, gives the same bits.</summary>
    private ModelTestResult Reload(BundleScorer scorer)
    {
        var sample = ModelTester.EvenlySpaced(set.Test);
        var first = frozen.Score(scorer, sample);
        using var again = BundleScorer.Load(ModelBundle.Unpack(bundle.Pack()));
        var second = frozen.Score(again, sample);
        var apart = Enumerable.Range(0, first.Length).Count(i =>
            BitConverter.SingleToInt32Bits(first[i].Raw) != BitConverter.SingleToInt32Bits(second[i].Raw)
            || BitConverter.DoubleToInt64Bits(first[i].Calibrated) != BitConverter.DoubleToInt64Bits(second[i].Calibrated));
        return new ModelTestResult("reload", apart, 0, apart == 0, first.Length, FormattableString.Invariant($"{first.Length - apart} of {first.Length} scores are the same bits after loading again"));
    }
}
