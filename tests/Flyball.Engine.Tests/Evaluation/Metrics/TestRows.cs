using Flyball.Engine.Evaluation.Metrics;
using Flyball.Engine.Tests.Oracles;

namespace Flyball.Engine.Tests.Evaluation.Metrics;

/// <summary>Seeded rows of each task, with ties among the scores.</summary>
internal static class TestRows
{
    public static (double[] Scores, bool[] Labels) BinaryParts(ulong seed, int rows = 400, double rate = 0.3)
    {
        var numbers = new SeededNumbers(seed);
        var scores = new double[rows];
        var labels = new bool[rows];
        for (var i = 0; i < rows; i++)
        {
            labels[i] = numbers.Chance(rate);
            scores[i] = Math.Round(1 / (1 + Math.Exp(-(labels[i] ? 0.7 : -0.7) - numbers.Normal())), 2);
        }

        return (scores, labels);
    }

    public static ScoredRows Binary(ulong seed, int rows = 400, double rate = 0.3)
    {
        var (scores, labels) = BinaryParts(seed, rows, rate);
        return ScoredRows.Binary(scores, labels);
    }

    public static ScoredRows Multiclass(ulong seed, int rows = 300, int classes = 4)
    {
        var numbers = new SeededNumbers(seed);
        var scores = new double[rows * classes];
        var labels = new int[rows];
        for (var i = 0; i < rows; i++)
        {
            labels[i] = Math.Min(classes - 1, (int)(numbers.Uniform() * numbers.Uniform() * classes * 1.5));
            var own = scores.AsSpan(i * classes, classes);
            double sum = 0;
            for (var c = 0; c < classes; c++)
            {
                own[c] = Math.Exp(Math.Round(numbers.Normal() + (c == labels[i] ? 1 : 0), 1));
                sum += own[c];
            }

            for (var c = 0; c < classes; c++)
            {
                own[c] /= sum;
            }
        }

        return ScoredRows.Multiclass(scores, classes, labels);
    }

    public static ScoredRows Numeric(ulong seed, int rows = 250, PredictionTasks task = PredictionTasks.Regression)
    {
        var numbers = new SeededNumbers(seed);
        var labels = new double[rows];
        var predictions = new double[rows];
        for (var i = 0; i < rows; i++)
        {
            labels[i] = Math.Exp(1 + numbers.Normal());
            predictions[i] = labels[i] * Math.Exp(0.3 * numbers.Normal());
        }

        return ScoredRows.Numeric(task, predictions, labels, naiveScale: 2.5);
    }

    public static ScoredRows Ranking(ulong seed, int queries = 60)
    {
        var numbers = new SeededNumbers(seed);
        List<double> scores = [], relevance = [];
        List<int> groups = [];
        for (var q = 0; q < queries; q++)
        {
            var rows = 2 + (int)(numbers.Uniform() * 15);
            for (var i = 0; i < rows; i++)
            {
                relevance.Add(Math.Max(0, Math.Round(numbers.Normal() + 0.3)));
                scores.Add(Math.Round(relevance[^1] + numbers.Normal(), 1));
                groups.Add(q * 7);
            }
        }

        return ScoredRows.Ranking([.. scores], [.. relevance], [.. groups]);
    }

    public static ScoredRows Of(PredictionTasks task, ulong seed = 1) => task switch
    {
        PredictionTasks.Binary => Binary(seed),
        PredictionTasks.Multiclass => Multiclass(seed),
        PredictionTasks.Ranking => Ranking(seed),
        _ => Numeric(seed, task: task),
    };

    public static double Value(ScoredRows rows, string metric)
    {
        var found = MetricCatalogue.Named(metric).Measure(rows);
        return found.Value ?? throw new InvalidOperationException($"{metric}: {found.Insufficient}");
    }
}
