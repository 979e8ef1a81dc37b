using Flyball.Engine.Evaluation.Importance;
using Flyball.Engine.Evaluation.Metrics;
using Flyball.Native.XGBoost;
using Flyball.Training.Bundles;
using Flyball.Training.ModelTests;

namespace Flyball.Training.Evaluation;

/// <summary>Which inputs a model stands on: what it loses when one is shuffled, and what its trees give each.</summary>
internal static class ModelImportance
{
    private const int PermutedRows = 4_000;
    private const int ExplainedRows = 500;
    private const int Repeats = 3;

    /// <summary>Difference of a margin and the sum of its float32 contributions, relative to the margin above 1, that is still rounding.</summary>
    private const double SumTolerance = 1e-3;

    /// <summary>Permutation importance on up to 4000 rows of a part, evenly spaced; null when the metric is undefined on them. Cost: three scorings of these rows an input.</summary>
    public static IReadOnlyList<FeatureImportance>? Permutation(ModelInputs inputs, ScoredRows all, Metric metric, ulong seed)
    {
        if (all.Outputs != 1 || all.Count != inputs.Rows || all.Task == PredictionTasks.Ranking)
        {
            return null;
        }

        var places = inputs.Places(PermutedRows);
        var rows = all.Task == PredictionTasks.Binary
            ? ScoredRows.Binary([.. places.Select(p => all.Scores[p])], [.. places.Select(p => all.Labels[p] > 0.5)])
            : ScoredRows.Numeric(all.Task, [.. places.Select(p => all.Scores[p])], [.. places.Select(p => all.Labels[p])], all.NaiveScale);
        return PermutationImportance.Measure(inputs.Names, inputs.At(places), rows, Score, (metric, new PermutationOptions { Seed = seed, Repeats = Repeats }), out _);

        void Score(ReadOnlySpan<float> features, Span<double> into)
        {
            var found = new Score[into.Length];
            inputs.Scorer.ScoreMany(features, found);
            for (var i = 0; i < found.Length; i++)
            {
                into[i] = found[i].Calibrated;
            }
        }
    }

    /// <summary>Exact TreeSHAP on up to 500 rows, with the test that contributions and bias sum to the margin; null for a bundle without XGBoost's own form.</summary>
    public static (IReadOnlyList<ReportedContribution> Contributions, ModelTestResult Test)? Contributions(ModelBundle bundle, ModelInputs inputs)
    {
        if (!bundle.Contains(ModelBundle.XGBoostName) || inputs.Rows == 0)
        {
            return null;
        }

        var names = inputs.Names;
        var places = inputs.Places(ExplainedRows);
        var count = places.Length;
        using var booster = XGBoostBooster.Load(bundle[ModelBundle.XGBoostName].Span);
        using var matrix = XGBoostMatrix.FromDense(inputs.At(places), count, names.Count);
        var margins = booster.Predict(matrix, margin: true);
        var contributions = booster.PredictContributions(matrix);
        var groups = margins.Length / count;
        var width = names.Count + 1;
        var sizes = new double[names.Count];
        double worst = 0;
        for (var at = 0; at < margins.Length; at++)
        {
            var own = contributions.AsSpan(at * width, width);
            double sum = own[^1];
            for (var f = 0; f < sizes.Length; f++)
            {
                sum += own[f];
                sizes[f] += Math.Abs(own[f]) / margins.Length;
            }

            worst = Math.Max(worst, Math.Abs(sum - margins[at]) / Math.Max(1, Math.Abs((double)margins[at])));
        }

        var detail = FormattableString.Invariant($"contributions and bias sum to the margin within {worst:0.##E+0} on {count} rows{(groups > 1 ? FormattableString.Invariant($" of {groups} classes") : "")}");
        return (
            [.. names.Select((n, i) => new ReportedContribution(n, sizes[i]))],
            new ModelTestResult("contributions", worst, SumTolerance, worst <= SumTolerance, count, detail));
    }
}
