using Flyball.Engine.Evaluation.Importance;
using Flyball.Engine.Evaluation.Metrics;
using Flyball.Native.XGBoost;
using Flyball.Training.Bundles;
using Flyball.Training.ModelTests;
using Flyball.Training.XGBoost;

namespace Flyball.Training.Evaluation;

/// <summary>Which inputs a model stands on: what it loses when one is shuffled, and what its trees give each.</summary>
internal static class ModelImportance
{
    private const int PermutedRows = 4_000;
    private const int ExplainedRows = 500;
    private const int FewestRows = 100;
    private const int Repeats = 3;

    /// <summary>Leaves that rows meet before they are permuted, which decides over the memory of it, and scorings of rows of a model without trees.</summary>
    private const int MostLeaves = 2_000_000;

    private const int MostScorings = 300_000;

    /// <summary>Leaves whose share in a row is worked out.</summary>
    private const int MostExplained = 2_000_000;

    /// <summary>Difference of a margin and the sum of its float32 contributions, relative to the margin above 1, that is still rounding.</summary>
    private const double SumTolerance = 1e-3;

    /// <summary>Difference of the two forms' scores that calibration makes of rounding.</summary>
    private const double ScoreTolerance = 1e-4;

    /// <summary>
    /// Permutation importance on up to 4000 rows of a part, evenly spaced, fewer of a large model; null when the metric is undefined on them. Cost: three scorings of
    /// these rows an input, of a model of trees only in the trees that meet it.
    /// </summary>
    public static ImportanceFound? Permutation(ModelBundle bundle, ModelInputs inputs, ScoredRows all, Metric metric, ulong seed)
    {
        if (all.Outputs != 1 || all.Count != inputs.Rows || all.Task == PredictionTasks.Ranking || inputs.Rows == 0)
        {
            return null;
        }

        var options = new PermutationOptions { Seed = seed, Repeats = Repeats, Threads = Environment.ProcessorCount };
        var trees = Trees(bundle, inputs);
        var most = trees is null ? MostScorings / (Repeats * inputs.Names.Count) : MostLeaves / Math.Max(1, trees.Trees.Count);
        var places = inputs.Places(Math.Clamp(most, FewestRows, PermutedRows));
        var values = inputs.At(places);
        var found = trees is null ? null : ByTrees(new ExchangedColumns(trees, values), all, places, (inputs, values, metric, options));
        found ??= PermutationImportance.Measure(inputs.Names, values, Rows(all, places, [.. places.Select(p => all.Scores[p])]), Score, (metric, options), out _);
        return found is null ? null : new ImportanceFound(found, places.Length);

        void Score(ReadOnlySpan<float> features, Span<double> into)
        {
            var scored = new Score[into.Length];
            inputs.Scorer.ScoreMany(features, scored);
            for (var i = 0; i < scored.Length; i++)
            {
                into[i] = scored[i].Calibrated;
            }
        }
    }

    /// <summary>The trees of a bundle that has one output and XGBoost's own form.</summary>
    private static XGBoostTreeModel? Trees(ModelBundle bundle, ModelInputs inputs) =>
        bundle.Contains(ModelBundle.XGBoostName) && XGBoostTreeModel.Parse(bundle[ModelBundle.XGBoostName]) is { Outputs: 1 } model && model.FeatureCount == inputs.Names.Count ? model : null;

    /// <summary>Null when the trees do not give the package's scores, which then count.</summary>
    private static IReadOnlyList<FeatureImportance>? ByTrees(
        ExchangedColumns trees, ScoredRows all, int[] places, (ModelInputs Inputs, float[] Values, Metric Metric, PermutationOptions Options) by)
    {
        double[] whole = [.. trees.Scores().Select(s => by.Inputs.Scorer.Finish(s).Calibrated)];
        for (var i = 0; i < whole.Length; i++)
        {
            var packaged = all.Scores[places[i]];
            if (!(Math.Abs(whole[i] - packaged) <= ScoreTolerance * Math.Max(1, Math.Abs(packaged))))
            {
                return null;
            }
        }

        return PermutationImportance.Measure(by.Inputs.Names, by.Values, Rows(all, places, whole), Score, (by.Metric, by.Options), out _);

        void Score(int column, ReadOnlySpan<float> values, Span<double> into)
        {
            var raw = new float[into.Length];
            trees.Score(column, values, raw);
            for (var i = 0; i < raw.Length; i++)
            {
                into[i] = by.Inputs.Scorer.Finish(raw[i]).Calibrated;
            }
        }
    }

    private static ScoredRows Rows(ScoredRows all, int[] places, double[] scores) => all.Task == PredictionTasks.Binary
        ? ScoredRows.Binary(scores, [.. places.Select(p => all.Labels[p] > 0.5)])
        : ScoredRows.Numeric(all.Task, scores, [.. places.Select(p => all.Labels[p])], all.NaiveScale);

    /// <summary>Exact TreeSHAP on up to 500 rows, fewer of a large model, with the test that contributions and bias sum to the margin; null for a bundle without XGBoost's own form.</summary>
    public static (IReadOnlyList<ReportedContribution> Contributions, ModelTestResult Test)? Contributions(ModelBundle bundle, ModelInputs inputs)
    {
        if (!bundle.Contains(ModelBundle.XGBoostName) || inputs.Rows == 0)
        {
            return null;
        }

        var names = inputs.Names;
        var own = bundle[ModelBundle.XGBoostName];
        var leaves = XGBoostTreeModel.Parse(own).Trees.Sum(t => (long)t.Left.Count(child => child < 0));
        var places = inputs.Places((int)Math.Clamp(MostExplained / Math.Max(1, leaves), FewestRows, ExplainedRows));
        var count = places.Length;
        using var booster = XGBoostBooster.Load(own.Span);
        using var matrix = XGBoostMatrix.FromDense(inputs.At(places), count, names.Count);
        var margins = booster.Predict(matrix, margin: true);
        var contributions = booster.PredictContributions(matrix);
        var groups = margins.Length / count;
        var width = names.Count + 1;
        var sizes = new double[names.Count];
        double worst = 0;
        for (var at = 0; at < margins.Length; at++)
        {
            var parts = contributions.AsSpan(at * width, width);
            double sum = parts[^1];
            for (var f = 0; f < sizes.Length; f++)
            {
                sum += parts[f];
                sizes[f] += Math.Abs(parts[f]) / margins.Length;
            }

            worst = Math.Max(worst, Math.Abs(sum - margins[at]) / Math.Max(1, Math.Abs((double)margins[at])));
        }

        var detail = FormattableString.Invariant($"contributions and bias sum to the margin within {worst:0.##E+0} on {count} rows{(groups > 1 ? FormattableString.Invariant($" of {groups} classes") : "")}");
        return (
            [.. names.Select((n, i) => new ReportedContribution(n, sizes[i]))],
            new ModelTestResult("contributions", worst, SumTolerance, worst <= SumTolerance, count, detail));
    }
}
