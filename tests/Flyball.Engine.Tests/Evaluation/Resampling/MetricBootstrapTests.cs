using Flyball.Engine.Evaluation;
using Flyball.Engine.Evaluation.Metrics;
using Flyball.Engine.Evaluation.Resampling;
using Flyball.Engine.Statistics;
using Flyball.Engine.Tests.Evaluation.Metrics;
using Flyball.Engine.Tests.Oracles;

namespace Flyball.Engine.Tests.Evaluation.Resampling;

public sealed class MetricBootstrapTests
{
    [Theory]
    [InlineData(500, 0.5)]
    [InlineData(300, 0.05)]
    public void APairedComparison_HasTheBoundsOfThePairedBootstrap_ToTheBit(int count, double rate)
    {
        var (champion, labels) = TestRows.BinaryParts(31, count, rate);
        var candidate = TestRows.BinaryParts(31, count, rate).Scores.Select((s, i) => Math.Clamp(s + (((i % 7) - 3) * 0.02), 0, 1)).ToArray();
        var options = new BootstrapOptions { Seed = 9, Replicates = 200 };
        foreach (var (name, metric) in new (string, BinaryMetric)[]
        {
            ("roc_auc", BinaryMetrics.RocAuc), ("average_precision", BinaryMetrics.AveragePrecision), ("brier_score", BinaryMetrics.Brier),
            ("expected_calibration_error", (s, l) => CalibrationError.EqualWidth(s, l)),
        })
        {
            var rows = ScoredRows.Binary(champion, labels);
            Assert.Equal(
                PairedBootstrap.Compare(champion, candidate, labels, metric, options),
                PairedComparison.Compare(rows, rows.WithScores(candidate), rows.Places, MetricCatalogue.Named(name), options));
        }
    }

    [Fact]
    public void APairedComparison_RefusesOtherRows_AndSaysWhatIsUndefined()
    {
        var rows = TestRows.Binary(1);
        var rmse = MetricCatalogue.Named("rmse");
        Assert.Throws<ArgumentException>(() => PairedComparison.Compare(rows, TestRows.Binary(2), rows.Places, rmse));
        Assert.Contains("does not apply", PairedComparison.Compare(rows, rows, rows.Places, rmse).LowerBound.Insufficient, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(PredictionTasks.Multiclass, "accuracy")]
    [InlineData(PredictionTasks.Regression, "mae")]
    [InlineData(PredictionTasks.Forecast, "wape")]
    [InlineData(PredictionTasks.Ranking, "ndcg")]
    public void ABetterModel_IsToldFromAWorseOne_InEveryTask(PredictionTasks task, string name)
    {
        var good = TestRows.Of(task, 5);
        var noise = new SeededNumbers(6);
        var scores = good.Scores.ToArray().Select(s => s * Math.Exp(noise.Normal())).ToArray();
        var metric = MetricCatalogue.Named(name);
        var better = PairedComparison.Compare(good.WithScores(scores), good, good.Places, metric, new BootstrapOptions { Replicates = 200 });
        var decisive = metric.Definition.Direction == MetricDirection.Higher ? better.LowerBound.Value : -better.UpperBound.Value;
        Assert.True(decisive > 0, $"{better}");
    }

    [Fact]
    public void AnIntervalOfAMean_IsThatOfItsStandardError()
    {
        var rows = TestRows.Numeric(7, 800);
        double[] errors = [.. Enumerable.Range(0, rows.Count).Select(i => Math.Abs(rows.Labels[i] - rows.Scores[i]))];
        double mean = errors.Average(), error = Math.Sqrt(errors.Sum(e => (e - mean) * (e - mean)) / (errors.Length - 1.0) / errors.Length);
        foreach (var method in new[] { IntervalMethod.Percentile, IntervalMethod.BiasCorrected })
        {
            var interval = MetricBootstrap.Interval(rows, MetricCatalogue.Named("mae"), new IntervalOptions { Replicates = 2000, Method = method });
            Assert.Equal(mean, interval.Value.Value!.Value, 1e-12);
            Assert.Equal(error, interval.StandardError.Value!.Value, 0.06 * error);
            Assert.Equal(3.92 * error, interval.Upper.Value!.Value - interval.Lower.Value!.Value, 0.1 * 3.92 * error);
        }
    }

    [Fact]
    public void TheBiasCorrectedInterval_EqualsThePublishedFormulas()
    {
        // Of a mean of eight values, written out: z0 from the replicates, a from leaving each row out in turn.
        double[] y = [1, 2, 2, 3, 5, 8, 13, 40];
        var rows = ScoredRows.Numeric(PredictionTasks.Regression, new double[8], y);
        var metric = MetricCatalogue.Named("mae");
        var options = new IntervalOptions { Seed = 3, Replicates = 999, Method = IntervalMethod.BiasCorrected };
        var found = MetricBootstrap.Interval(rows, metric, options);

        var drawn = new List<int>();
        var means = new double[999];
        for (var r = 0; r < means.Length; r++)
        {
            DrawnPlaces.Fill(Resample.OfRows(8), 3, r, rows.Places, drawn);
            means[r] = metric.Measure(rows, [.. drawn]).Value!.Value;
        }

        Array.Sort(means);
        var mean = y.Average();
        var bias = NormalLaw.Quantile((means.Count(m => m < mean) + (means.Count(m => m == mean) / 2.0)) / 999);
        double[] without = [.. y.Select(v => (y.Sum() - v) / 7)];
        var middle = without.Average();
        var acceleration = without.Sum(w => Math.Pow(middle - w, 3)) / (6 * Math.Pow(without.Sum(w => Math.Pow(middle - w, 2)), 1.5));
        Assert.InRange(acceleration, 0.05, 0.4);
        Assert.Equal(means[(int)(1000 * Level(-1.959963984540054)) - 1], found.Lower.Value);
        Assert.Equal(means[^(int)(1000 * (1 - Level(1.959963984540054)))], found.Upper.Value);
        var plain = MetricBootstrap.Interval(rows, metric, options with { Method = IntervalMethod.Percentile });
        Assert.True(found.Upper.Value > plain.Upper.Value && found.Lower.Value > plain.Lower.Value);

        double Level(double z) => 1 - NormalLaw.Survival(bias + ((bias + z) / (1 - (acceleration * (bias + z)))));
    }

    [Fact]
    public void TheInterval_CoversTheTruthAtAboutItsLevel()
    {
        var covered = 0;
        for (ulong sample = 0; sample < 200; sample++)
        {
            var numbers = new SeededNumbers(1000 + sample);
            var labels = numbers.Normals(120);
            var rows = ScoredRows.Numeric(PredictionTasks.Regression, new double[120], labels);
            var interval = MetricBootstrap.Interval(rows, MetricCatalogue.Named("bias"), new IntervalOptions { Seed = sample, Replicates = 199 });
            covered += interval.Lower.Value <= 0 && interval.Upper.Value >= 0 ? 1 : 0;
        }

        Assert.InRange(covered, 180, 199);
    }

    [Fact]
    public void DependentRows_WidenTheInterval_WhenTheyAreDrawnTogether()
    {
        // Ten copies of each row: as single rows they pretend to be ten times as many.
        var single = TestRows.Numeric(8, 40, PredictionTasks.Forecast);
        int[] copies = [.. Enumerable.Range(0, 400).Select(i => i / 10)];
        var rows = ScoredRows.Numeric(PredictionTasks.Forecast, [.. copies.Select(i => single.Scores[i])], [.. copies.Select(i => single.Labels[i])]);
        IReadOnlyList<Metric> mae = [MetricCatalogue.Named("mae")];
        double plain = Error(Resample.OfRows(400)), groups = Error(Resample.OfGroups(copies)), blocks = Error(Resample.MovingBlocks(400, 20));
        Assert.InRange(groups / plain, 2.5, 3.8);
        Assert.InRange(blocks / plain, 2.2, 4.2);

        double Error(Resample resample) =>
            MetricBootstrap.Intervals(rows, rows.Places, mae, resample, new IntervalOptions { Replicates = 400 })[0].StandardError.Value!.Value;
    }

    [Fact]
    public void ARareClass_IsNotLost_BecauseTheClassesAreDrawnApart()
    {
        var labels = new bool[400];
        labels[3] = labels[200] = true;
        var rows = ScoredRows.Binary(TestRows.BinaryParts(9).Scores, labels);
        var auc = MetricCatalogue.Named("roc_auc");
        Assert.NotNull(MetricBootstrap.Interval(rows, auc, new IntervalOptions { Replicates = 100 }).Lower.Value);
        var together = MetricBootstrap.Intervals(rows, rows.Places, [auc], Resample.OfRows(400), new IntervalOptions { Replicates = 100 })[0];
        Assert.NotNull(together.Value.Value);
        Assert.Equal("the metric is undefined on some replicates", together.Lower.Insufficient);
    }

    [Fact]
    public void AllMetricsTogether_HaveTheIntervalsTheyHaveAlone()
    {
        var rows = TestRows.Binary(10);
        var metrics = MetricCatalogue.For(PredictionTasks.Binary);
        var options = new IntervalOptions { Replicates = 100, Seed = 4 };
        var resample = Resample.For(rows, rows.Places);
        var all = MetricBootstrap.Intervals(rows, rows.Places, metrics, resample, options);
        Assert.Equal(metrics.Count, all.Count);
        Assert.Equal(MetricBootstrap.Intervals(rows, rows.Places, [metrics[5]], resample, options)[0], all[5]);
        Assert.Equal(all, MetricBootstrap.Intervals(rows, rows.Places, metrics, resample, options));
    }

    [Fact]
    public void BlocksAreConsecutive_GroupsWhole_AndStrataKeepTheirSizes()
    {
        var drawn = new List<int>();
        var generator = new SeededGenerator(1, 0);
        Resample.MovingBlocks(100, 10).Draw(ref generator, drawn);
        Assert.Equal(100, drawn.Count);
        Assert.All(Enumerable.Range(0, 100).Where(i => i % 10 != 0), i => Assert.Equal(drawn[i - 1] + 1, drawn[i]));
        Resample.OfGroups([5, 5, 2, 2, 2, 9]).Draw(ref generator, drawn);
        Assert.Equal(drawn.Count(d => d == 0), drawn.Count(d => d == 1));
        Assert.Equal(drawn.Count(d => d == 2), drawn.Count(d => d == 4));
        Resample.Stratified([0, 1, 2, 0, 0, 1]).Draw(ref generator, drawn);
        Assert.Equal((1, 2, 3), (drawn.Count(d => d == 2), drawn.Count(d => d is 1 or 5), drawn.Count(d => d is 0 or 3 or 4)));
    }

    [Fact]
    public void TooFewReplicates_OrAResampleOfOtherRows_AreRefused()
    {
        var rows = TestRows.Binary(1);
        Assert.Throws<InvalidOperationException>(() => MetricBootstrap.Interval(rows, MetricCatalogue.Named("f1"), new IntervalOptions { Replicates = 20 }));
        Assert.Throws<ArgumentException>(() => MetricBootstrap.Intervals(rows, rows.Places, [MetricCatalogue.Named("f1")], Resample.OfRows(3)));
    }
}
