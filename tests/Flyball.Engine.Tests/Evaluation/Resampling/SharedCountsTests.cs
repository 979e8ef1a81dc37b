using Flyball.Engine.Evaluation;
using Flyball.Engine.Evaluation.Metrics;
using Flyball.Engine.Evaluation.Resampling;
using Flyball.Engine.Evaluation.Slices;
using Flyball.Engine.Tests.Oracles;

namespace Flyball.Engine.Tests.Evaluation.Resampling;

/// <summary>What replicates share, and how many threads make them, changes no bit.</summary>
public sealed class SharedCountsTests
{
    [Fact]
    public void AnyNumberOfThreads_GivesTheSameBounds()
    {
        var rows = Tied(1, 2_500);
        var metrics = MetricCatalogue.For(PredictionTasks.Binary);
        var resample = Resample.For(rows, rows.Places);
        var options = new IntervalOptions { Seed = 3, Replicates = 199 };
        var paired = new BootstrapOptions { Seed = 3, Replicates = 199 };
        var other = rows.WithScores([.. rows.Scores.ToArray().Select(s => Math.Round(s, 1))]);
        var auc = MetricCatalogue.Named("roc_auc");

        Assert.Equal(
            MetricBootstrap.Intervals(rows, rows.Places, metrics, resample, options),
            MetricBootstrap.Intervals(rows, rows.Places, metrics, resample, options with { Threads = 3 }));
        Assert.Equal(
            PairedComparison.Compare(rows, other, rows.Places, auc, paired), PairedComparison.Compare(rows, other, rows.Places, auc, paired with { Threads = 3 }));
    }

    /// <summary>Calibration errors have bounds of their own, which are no quantiles of their replicates.</summary>
    [Theory]
    [InlineData("average_precision")]
    [InlineData("brier_score")]
    [InlineData("lift(20%)")]
    [InlineData("gain(10%)")]
    [InlineData("log_loss")]
    [InlineData("recall_at_precision(0.3)")]
    public void ASlice_HasTheBoundsOfItsPlacesAmongAllRows(string name)
    {
        var rows = Tied(2, 600);
        int[] chosen = [.. Enumerable.Range(0, rows.Count).Where(i => i % 3 == 1)];
        var metric = MetricCatalogue.Named(name);
        var resample = Resample.For(rows, chosen);
        var drawn = new List<int>();
        var figures = new double[99];
        for (var replicate = 0; replicate < figures.Length; replicate++)
        {
            DrawnPlaces.Fill(resample, 5, replicate, chosen, drawn);
            figures[replicate] = metric.Measure(rows, [.. drawn]).Value!.Value;
        }

        Array.Sort(figures);
        var found = MetricBootstrap.Intervals(rows, chosen, [metric], resample, new IntervalOptions { Seed = 5, Replicates = 99 })[0];
        Assert.Equal((figures[1], figures[^2]), (found.Lower.Value, found.Upper.Value));
    }

    [Fact]
    public void RowsOfEqualScore_FallIntoBinsInTheOrderDrawn()
    {
        var rows = Tied(4, 200);
        var numbers = new SeededNumbers(5);
        for (var round = 0; round < 50; round++)
        {
            int[] drawn = [.. Enumerable.Range(0, 97).Select(_ => (int)(numbers.Uniform() * rows.Count))];
            double[] scores = [.. drawn.Select(d => rows.Scores[d])];
            bool[] labels = [.. drawn.Select(d => rows.Labels[d] == 1)];
            Assert.Equal(CalibrationError.EqualFrequency(scores, labels, 8), MetricCatalogue.Named("calibration_error_equal_mass(8)").Measure(rows, drawn));
            Assert.Equal(CalibrationError.MaximumEqualWidth(scores, labels, 8), MetricCatalogue.Named("maximum_calibration_error(8)").Measure(rows, drawn));
        }
    }

    [Fact]
    public void AScoreThatIsNoProbability_CountsOnlyWhereItIsDrawn()
    {
        var rows = ScoredRows.Binary([0.2, 0.7, 1.5, 0.4], [false, true, true, false]);
        foreach (var name in new[] { "brier_score", "log_loss", "expected_calibration_error", "calibration_error_equal_mass" })
        {
            Assert.NotNull(MetricCatalogue.Named(name).Measure(rows, [0, 1, 3, 1]).Value);
            Assert.Contains("no probability", MetricCatalogue.Named(name).Measure(rows, [0, 2]).Insufficient, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void TheNumberAtAPlace_IsThatOfTheSortedNumbers()
    {
        var numbers = new SeededNumbers(6);
        for (var round = 0; round < 200; round++)
        {
            double[] given = [.. Enumerable.Range(0, 1 + (int)(numbers.Uniform() * 300)).Select(_ => Math.Round(numbers.Uniform(), round % 3))];
            double[] sorted = [.. given.Order()];
            var place = (int)(numbers.Uniform() * given.Length);
            Assert.Equal(sorted[place], Selection.Nth(given, place));
            Assert.All(given[(place + 1)..], later => Assert.True(later >= sorted[place]));
        }
    }

    [Fact]
    public void OfTwoSlices_EachIsTheRestOfTheOther()
    {
        var rows = Tied(7, 900);
        var slices = SliceEnumeration.Of([new SliceColumn("half", [.. Enumerable.Range(0, 900).Select(i => i % 2)], ["a", "b"])], 1, 1);
        var found = SliceComparison.Measure(rows, MetricCatalogue.Named("roc_auc"), slices);
        Assert.Equal((found[0].Interval.Value, found[1].Interval.Value), (found[1].Rest, found[0].Rest));
        Assert.Equal(found[0].Difference.Value, -found[1].Difference.Value);
    }

    [Fact]
    public void NumbersDrawnTogether_AreThoseDrawnOneByOne()
    {
        var (one, many) = (new SeededGenerator(8, 2), new SeededGenerator(8, 2));
        var drawn = new int[500];
        many.FillBelow(drawn, 1_500_000_000);
        Assert.Equal(Enumerable.Range(0, 500).Select(_ => one.Below(1_500_000_000)).ToArray(), drawn);
        Assert.Equal(one.Next(), many.Next());
    }

    /// <summary>Scores of two digits: many rows of either class have the same.</summary>
    private static ScoredRows Tied(ulong seed, int count)
    {
        var numbers = new SeededNumbers(seed);
        var scores = new double[count];
        var labels = new bool[count];
        for (var i = 0; i < count; i++)
        {
            scores[i] = Math.Round(numbers.Uniform(), 2);
            labels[i] = numbers.Uniform() < scores[i];
        }

        return ScoredRows.Binary(scores, labels);
    }
}
