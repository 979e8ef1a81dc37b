namespace Flyball.Engine.Evaluation.Metrics;

/// <summary>Counts of rows by real and predicted class, with what follows from them. Cost to make: one pass over the drawn rows.</summary>
public sealed class ConfusionMatrix
{
    private readonly long[,] counts;

    private ConfusionMatrix(long[,] counts, int rows) => (this.counts, Rows) = (counts, rows);

    public int Classes => counts.GetLength(0);

    public long Rows { get; }

    /// <summary>Rows of one class that were predicted as another.</summary>
    public long this[int real, int predicted] => counts[real, predicted];

    /// <summary>Counts the rows at the given places.</summary>
    /// <exception cref="ArgumentException">The rows are not of multiclass classification.</exception>
    public static ConfusionMatrix Of(ScoredRows rows, ReadOnlySpan<int> drawn)
    {
        if (rows.Task != PredictionTasks.Multiclass)
        {
            throw new ArgumentException($"{rows.Task} has no table of classes.", nameof(rows));
        }

        var table = new long[rows.Outputs, rows.Outputs];
        var predicted = rows.Predicted;
        foreach (var row in drawn)
        {
            table[rows.ClassOf(row), predicted[row]]++;
        }

        return new(table, drawn.Length);
    }

    /// <summary>Rows of a class.</summary>
    public long Real(int of) => Enumerable.Range(0, Classes).Sum(p => counts[of, p]);

    /// <summary>Rows predicted as a class.</summary>
    public long Predicted(int of) => Enumerable.Range(0, Classes).Sum(r => counts[r, of]);

    /// <summary>The binary table of one class against the rest.</summary>
    public Confusion Of(int positive)
    {
        long hit = counts[positive, positive], real = Real(positive), predicted = Predicted(positive);
        return new Confusion(hit, predicted - hit, real - hit, Rows - real - predicted + hit);
    }

    /// <summary>Rows predicted right.</summary>
    public long Diagonal => Enumerable.Range(0, Classes).Sum(c => counts[c, c]);

    /// <summary>(p_o - p_e) / (1 - p_e), p_e the agreement that the margins alone would give (Cohen 1960).</summary>
    public MetricValue CohenKappa
    {
        get
        {
            double n = Rows, expected = Enumerable.Range(0, Classes).Sum(c => Real(c) / n * (Predicted(c) / n));
            return n == 0 || expected == 1 ? MetricValue.None("all rows have one class and are predicted as it") : MetricValue.Of(((Diagonal / n) - expected) / (1 - expected));
        }
    }

    /// <summary>The correlation of real and predicted class, -1 to 1 (Gorodkin 2004).</summary>
    public MetricValue MatthewsCorrelation
    {
        get
        {
            double n = Rows, crossed = 0, real = 0, predicted = 0;
            for (var c = 0; c < Classes; c++)
            {
                double r = Real(c), p = Predicted(c);
                crossed += r * p;
                real += r * r;
                predicted += p * p;
            }

            return MetricValue.Ratio(
                (Diagonal * n) - crossed, Math.Sqrt(((n * n) - real) * ((n * n) - predicted)), "only one class occurs, or only one is predicted");
        }
    }

    /// <summary>Mean recall of the classes that occur.</summary>
    public MetricValue BalancedAccuracy
    {
        get
        {
            double[] recalls = [.. Enumerable.Range(0, Classes).Where(c => Real(c) > 0).Select(c => (double)counts[c, c] / Real(c))];
            return recalls.Length == 0 ? MetricValue.None(ScoreOrder.NoRows) : MetricValue.Of(recalls.Average());
        }
    }
}
