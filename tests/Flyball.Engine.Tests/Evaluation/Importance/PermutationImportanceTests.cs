using Flyball.Engine.Evaluation.Importance;
using Flyball.Engine.Evaluation.Metrics;
using Flyball.Engine.Statistics;
using Flyball.Engine.Tests.Oracles;

namespace Flyball.Engine.Tests.Evaluation.Importance;

public sealed class PermutationImportanceTests
{
    private static readonly string[] Names = ["strong", "weak", "unused"];

    [Theory]
    [InlineData("mae")]
    [InlineData("r2")]
    public void AFeature_LosesWhatTheModelMadeOfIt(string metric)
    {
        var (features, rows) = Rows();
        var found = Measure(features, rows, metric, 1);
        Assert.True(found[0].Lower > found[1].Upper, $"{found[0]} {found[1]}");
        Assert.True(found[1].Lower > 0);
        Assert.Equal((0.0, 0.0, 0.0), (found[2].Loss, found[2].Lower, found[2].Upper));
    }

    [Fact]
    public void TheSameSeed_GivesTheSameFigures_WhateverStandsBesideAFeature()
    {
        var (features, rows) = Rows();
        var first = Measure(features, rows, "mae", 5);
        Assert.Equal(first, Measure(features, rows, "mae", 5));
        Assert.NotEqual(first[0].Loss, Measure(features, rows, "mae", 6)[0].Loss);

        // The first column is shuffled alike when the others are constant: each was put back before the next.
        var alone = features.Select((f, i) => i % 3 == 2 ? 0 : f).ToArray();
        Assert.Equal(first[0], Measure(alone, rows, "mae", 5)[0]);
        Assert.Equal(first[1], Measure(alone, rows, "mae", 5)[1]);
    }

    [Fact]
    public void AModelThatExchangesOneColumn_OnAnyNumberOfThreads_GivesTheSameFigures()
    {
        var (features, rows) = Rows();
        var by = (MetricCatalogue.Named("mae"), new PermutationOptions { Seed = 5, Threads = 3 });
        Assert.Equal(Measure(features, rows, "mae", 5), PermutationImportance.Measure(Names, features, rows, Score, by, out _)!);
        Assert.Equal(Measure(features, rows, "mae", 5), PermutationImportance.Measure(Names, features, rows, Exchanged, by, out _)!);

        void Exchanged(int column, ReadOnlySpan<float> values, Span<double> scores)
        {
            var own = (float[])features.Clone();
            for (var r = 0; r < values.Length; r++)
            {
                own[(r * 3) + column] = values[r];
            }

            Score(own, scores);
        }
    }

    [Fact]
    public void AMetricWithoutADirection_OrAnUndefinedOne_HasNoImportance()
    {
        var (features, rows) = Rows();
        Assert.Null(PermutationImportance.Measure(Names, features, rows, Score, (MetricCatalogue.Named("bias"), null), out var reason));
        Assert.Contains("neither", reason, StringComparison.Ordinal);
        Assert.Null(PermutationImportance.Measure(Names, features, rows, Score, (MetricCatalogue.Named("roc_auc"), null), out var none));
        Assert.Contains("does not apply", none, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.95, 4, 2.7764451051977987)]
    [InlineData(0.99, 10, 3.169272672616951)]
    public void TheCriticalValueOfT_IsThatOfTheTables(double confidence, long degrees, double expected) =>
        Assert.Equal(expected, StudentLaw.Critical(confidence, degrees), 1e-10);

    private static IReadOnlyList<FeatureImportance> Measure(float[] features, ScoredRows rows, string metric, ulong seed) =>
        PermutationImportance.Measure(Names, features, rows, Score, (MetricCatalogue.Named(metric), new PermutationOptions { Seed = seed }), out _)!;

    private static void Score(ReadOnlySpan<float> features, Span<double> scores)
    {
        for (var r = 0; r < scores.Length; r++)
        {
            scores[r] = (3 * features[r * 3]) + features[(r * 3) + 1];
        }
    }

    private static (float[] Features, ScoredRows Rows) Rows()
    {
        var numbers = new SeededNumbers(71);
        float[] features = [.. numbers.Normals(900).Select(n => (float)n)];
        var scores = new double[300];
        Score(features, scores);
        return (features, ScoredRows.Numeric(PredictionTasks.Regression, scores, [.. scores.Select(s => s + (0.3 * numbers.Normal()))]));
    }
}
