using Flyball.Engine.Evaluation.Metrics;
using Flyball.Training.Datasets;
using Flyball.Training.Onnx;

namespace Flyball.Training.Tasks;

/// <summary>Labels and what a model says of the same rows.</summary>
/// <param name="Task">What was asked for.</param>
/// <param name="Scores">One a row; of several classes the largest probability.</param>
/// <param name="Labels">One a row.</param>
public sealed record ScoredRows(ModelTask Task, double[] Scores, double[] Labels)
{
    /// <summary>Of each class; null unless there are several.</summary>
    public float[][]? Probabilities { get; init; }

    /// <summary>Of a ranking: the number of each row's group; null for others.</summary>
    public int[]? Groups { get; init; }

    /// <summary>What <c>mase</c> divides by; null when it was not measured.</summary>
    public double? NaiveScale { get; init; }

    public int Count => Labels.Length;

    /// <summary>The same rows as the metric catalogue takes them; null when there are none, or the probabilities of several classes are not at hand.</summary>
    public Engine.Evaluation.Metrics.ScoredRows? ForMetrics()
    {
        if (Count == 0 || (Task.HasSeveralOutputs && Probabilities is null) || (Task.Name == "ranking" && Groups is null))
        {
            return null;
        }

        // The rows of a group stand together where an order is judged.
        int[] order = [.. Groups is { } groups ? Enumerable.Range(0, Count).OrderBy(i => groups[i]) : Enumerable.Range(0, Count)];
        double[] labels = [.. order.Select(i => Labels[i])];
        double[] scores = Task.HasSeveralOutputs ? [.. order.SelectMany(i => Probabilities![i].Select(p => (double)p))] : [.. order.Select(i => Scores[i])];
        return TaskNames.Find(Task.Name)!.Value switch
        {
            PredictionTasks.Binary => Engine.Evaluation.Metrics.ScoredRows.Binary(scores, [.. labels.Select(l => l > 0.5)]),
            PredictionTasks.Multiclass => Engine.Evaluation.Metrics.ScoredRows.Multiclass(scores, Probabilities![0].Length, [.. labels.Select(l => (int)l)]),
            PredictionTasks.Ranking => Engine.Evaluation.Metrics.ScoredRows.Ranking(scores, labels, [.. order.Select(i => Groups![i])]),
            var number => Engine.Evaluation.Metrics.ScoredRows.Numeric(number, scores, labels, NaiveScale),
        };
    }

    /// <summary>The rows at some places, each as often as it is named.</summary>
    public ScoredRows At(ReadOnlySpan<int> places)
    {
        var (scores, labels) = (new double[places.Length], new double[places.Length]);
        var probabilities = Probabilities is null ? null : new float[places.Length][];
        var groups = Groups is null ? null : new int[places.Length];
        for (var i = 0; i < places.Length; i++)
        {
            (scores[i], labels[i]) = (Scores[places[i]], Labels[places[i]]);
            if (probabilities is not null)
            {
                probabilities[i] = Probabilities![places[i]];
            }

            if (groups is not null)
            {
                groups[i] = Groups![places[i]];
            }
        }

        return this with { Scores = scores, Labels = labels, Probabilities = probabilities, Groups = groups };
    }

    /// <summary>Scores a part with a packaged model, without calibration. The rows are at least one.</summary>
    internal static ScoredRows Of(byte[] onnx, LabelReader labels, TrainingPart part) =>
        Of(OnnxRows.Served(onnx, part.Features, part.Features.Length / part.Rows), labels, part);

    /// <param name="all">What a packaged model gives the rows of a part, row-major.</param>
    internal static ScoredRows Of(ReadOnlySpan<float> all, LabelReader labels, TrainingPart part)
    {
        var (rows, outputs) = (part.Rows, all.Length / part.Rows);
        var probabilities = outputs > 1 ? new float[rows][] : null;
        var scores = new double[rows];
        for (var r = 0; r < rows; r++)
        {
            var output = all.Slice(r * outputs, outputs);
            scores[r] = System.Numerics.Tensors.TensorPrimitives.Max<float>(output);
            if (probabilities is not null)
            {
                probabilities[r] = output.ToArray();
            }
        }

        return new ScoredRows(labels.Task, scores, [.. part.Labels.Select(l => (double)l)]) { Probabilities = probabilities, Groups = NumbersOf(labels.Task, part) };
    }

    /// <summary>Groups by number, for a ranking.</summary>
    internal static int[]? NumbersOf(ModelTask task, TrainingPart part)
    {
        if (task.Name != "ranking")
        {
            return null;
        }

        var numbers = new Dictionary<Engine.Expressions.Value, int>();
        return [.. part.Groups.Select(g => numbers.TryGetValue(g, out var n) ? n : numbers[g] = numbers.Count)];
    }
}
