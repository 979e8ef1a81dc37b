using Flyball.Engine.Evaluation;
using Flyball.Engine.Evaluation.Metrics;
using Flyball.Training.Tasks;

namespace Flyball.Training.Leakage;

/// <summary>
/// How well one feature alone tells the label.
/// <list type="number">
/// <item>Up to 64 different values have a bin each. More are cut into 64 bins of about equal numbers, and the first and the last of these by halves again, because
/// a rare label hides among the largest or the smallest values. Missing is a bin of its own.</item>
/// <item>Each row is told by the labels of the rows of its bin in the other half, rows in turn being in one half or the other, so that chance tells nothing.</item>
/// <item>The figure is the area under the ROC curve for two classes, R2 for numbers, and the share of the classes' entropy that is explained for several.</item>
/// </list>
/// </summary>
internal static class FeatureStrength
{
    private const int Bins = 64;

    /// <summary>Values that are no bin of their own any more.</summary>
    private const int FewestOfTail = 8;

    /// <summary>With the halves of both tails of the longest column, and missing.</summary>
    private const int MostBins = Bins + 64;

    /// <param name="task">What is told.</param>
    /// <param name="classes">How many classes; 0 for numbers.</param>
    /// <param name="values">One a row; NaN is missing.</param>
    /// <param name="labels">One a row.</param>
    public static double Of(ModelTask task, int classes, float[] values, float[] labels)
    {
        var bins = BinsOf(values);
        if (task.HasSeveralOutputs)
        {
            return Explained(bins, labels, classes);
        }

        var told = Told(bins, labels);
        double[] truth = [.. labels.Select(l => (double)l)];
        return task.IsProbability
            ? BinaryMetrics.RocAuc(told, [.. labels.Select(l => l > 0.5f)]).Value ?? 0
            : Math.Max(0, MetricCatalogue.Named("r2").Measure(Engine.Evaluation.Metrics.ScoredRows.Numeric(PredictionTasks.Regression, told, truth)).Value ?? 0);
    }

    private static int[] BinsOf(float[] values)
    {
        float[] sorted = [.. values.Where(v => !float.IsNaN(v)).Order()];
        float[] different = [.. sorted.Distinct().Take(Bins + 1)];
        List<float> edges = different.Length <= Bins ? [.. different.Skip(1)] : [.. Quantiles(sorted).Where(e => e > sorted[0]).Distinct().Order()];
        return [.. values.Select(v => float.IsNaN(v) ? 0 : 1 + BinOf(edges, v))];
    }

    private static IEnumerable<float> Quantiles(float[] sorted)
    {
        for (var b = 1; b < Bins; b++)
        {
            yield return sorted[(int)((long)sorted.Length * b / Bins)];
        }

        for (var tail = sorted.Length / Bins / 2; tail >= FewestOfTail; tail /= 2)
        {
            yield return sorted[tail];
            yield return sorted[^tail];
        }
    }

    /// <summary>How many edges lie at or below a value.</summary>
    private static int BinOf(List<float> edges, float value)
    {
        var at = edges.BinarySearch(value);
        return at >= 0 ? at + 1 : ~at;
    }

    private static double[] Told(int[] bins, float[] labels)
    {
        var halves = new (double Sum, int Rows)[2, MostBins];
        var all = new (double Sum, int Rows)[2];
        for (var r = 0; r < bins.Length; r++)
        {
            var half = r & 1;
            halves[half, bins[r]] = (halves[half, bins[r]].Sum + labels[r], halves[half, bins[r]].Rows + 1);
            all[half] = (all[half].Sum + labels[r], all[half].Rows + 1);
        }

        var told = new double[bins.Length];
        for (var r = 0; r < bins.Length; r++)
        {
            var other = 1 - (r & 1);
            var (sum, rows) = halves[other, bins[r]];
            told[r] = rows > 0 ? sum / rows : all[other].Rows > 0 ? all[other].Sum / all[other].Rows : 0;
        }

        return told;
    }

    private static double Explained(int[] bins, float[] labels, int classes)
    {
        var halves = new double[2, MostBins, classes];
        var all = new double[classes];
        for (var r = 0; r < bins.Length; r++)
        {
            halves[r & 1, bins[r], (int)labels[r]]++;
            all[(int)labels[r]]++;
        }

        var (prior, told) = (0.0, 0.0);
        for (var r = 0; r < bins.Length; r++)
        {
            var (other, truth, rows) = (1 - (r & 1), (int)labels[r], 0.0);
            for (var k = 0; k < classes; k++)
            {
                rows += halves[other, bins[r], k];
            }

            // One row of the whole beside the bin's: a class that the bin has not seen is not impossible.
            var share = all[truth] / bins.Length;
            prior -= Math.Log(share);
            told -= Math.Log((halves[other, bins[r], truth] + share) / (rows + 1));
        }

        return prior == 0 ? 0 : Math.Max(0, 1 - (told / prior));
    }
}
