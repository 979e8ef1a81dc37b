using Flyball.Engine.Evaluation;
using Flyball.Engine.Evaluation.Calibration;
using Flyball.Engine.Evaluation.Metrics;
using Flyball.Engine.Tests.Evaluation.Metrics;
using Flyball.Engine.Tests.Oracles;

namespace Flyball.Engine.Tests.Evaluation.Calibration;

public sealed class ReliabilityTests
{
    [Theory]
    [InlineData(10)]
    [InlineData(7)]
    public void TheTables_AddUpToTheCalibrationErrors(int bins)
    {
        var (scores, labels) = TestRows.BinaryParts(51);
        var width = Reliability.EqualWidth(scores, labels, out _, bins);
        Assert.Equal(CalibrationError.EqualWidth(scores, labels, bins).Value!.Value, Error(width), 1e-12);
        Assert.Equal(CalibrationError.MaximumEqualWidth(scores, labels, bins).Value!.Value, width.Max(b => Math.Abs(b.MeanScore - b.Rate)), 1e-12);
        var mass = Reliability.EqualMass(scores, labels, out _, bins);
        Assert.Equal(CalibrationError.EqualFrequency(scores, labels, bins).Value!.Value, Error(mass), 1e-12);
        Assert.InRange(mass.Max(b => b.Rows) - mass.Min(b => b.Rows), 0, 1);
        Assert.All(width.Concat(mass), b => Assert.True(b.Bounds.Lower <= b.Rate && b.Rate <= b.Bounds.Upper));
        Assert.All(width, b => Assert.InRange(b.MeanScore, b.From, b.To));

        double Error(IReadOnlyList<ReliabilityBin> table) => table.Sum(b => b.Rows * Math.Abs(b.MeanScore - b.Rate)) / scores.Length;
    }

    [Fact]
    public void ACalibratedModel_Agrees_AndAnOverconfidentOneDoesNot()
    {
        var numbers = new SeededNumbers(52);
        double[] scores = [.. Enumerable.Range(0, 20000).Select(_ => numbers.Uniform())];
        bool[] labels = [.. scores.Select(s => numbers.Chance(s))];
        Assert.True(Reliability.EqualWidth(scores, labels, out _).Count(b => b.Agrees) >= 8);
        double[] sure = [.. scores.Select(s => s < 0.5 ? s / 2 : 1 - ((1 - s) / 2))];
        Assert.True(Reliability.EqualWidth(sure, labels, out _).Count(b => b.Agrees) <= 2);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(49)]
    public void TheBrierScore_IsTheSumOfItsParts(int bins)
    {
        var (scores, labels) = TestRows.BinaryParts(53);
        var parts = BrierDecomposition.Of(scores, labels, out _, bins)!;
        Assert.Equal(
            parts.Score, parts.Reliability - parts.Resolution + parts.Uncertainty + parts.WithinVariance - (2 * parts.WithinCovariance), 1e-12);
        Assert.True(parts.Resolution > 0 || bins == 1);
        Assert.Equal(BinaryMetrics.Brier(scores, labels).Value!.Value, parts.Score);
    }

    [Fact]
    public void WhatIsNoProbability_HasNoTable()
    {
        Assert.Empty(Reliability.EqualWidth([1.5], [true], out var reason));
        Assert.Contains("no probability", reason, StringComparison.Ordinal);
        Assert.Null(BrierDecomposition.Of([], [], out var none));
        Assert.Equal("no rows", none);
    }

    [Fact]
    public void Isotonic_EqualsTheMinimaxFormula()
    {
        // fit(i) = max over a <= i of min over b >= i of the mean label from a to b, over distinct scores.
        var (scores, labels) = TestRows.BinaryParts(54, 120);
        var fit = IsotonicCalibration.Fit(scores, labels, out _)!;
        var levels = scores.Distinct().Order().ToArray();
        double Mean(int a, int b)
        {
            var inside = labels.Where((_, i) => scores[i] >= levels[a] && scores[i] <= levels[b]).ToList();
            return inside.Count(l => l) / (double)inside.Count;
        }

        for (var i = 0; i < levels.Length; i++)
        {
            var expected = Enumerable.Range(0, i + 1).Max(a => Enumerable.Range(i, levels.Length - i).Min(b => Mean(a, b)));
            Assert.Equal(expected, fit.Apply(levels[i]), 1e-12);
        }
    }

    [Fact]
    public void Platt_IsTheMinimumOfItsLoss()
    {
        var (scores, labels) = TestRows.BinaryParts(55);
        var fit = PlattCalibration.Fit(scores, labels, out _)!;
        double positives = labels.Count(l => l), negatives = labels.Length - positives;
        double Loss(double a, double b) => scores.Zip(labels).Sum(r =>
        {
            double p = 1 / (1 + Math.Exp((a * r.First) + b)), t = r.Second ? (positives + 1) / (positives + 2) : 1 / (negatives + 2);
            return -(t * Math.Log(p)) - ((1 - t) * Math.Log(1 - p));
        });

        var least = Loss(fit.A, fit.B);
        foreach (var (a, b) in new[] { (0.01, 0.0), (-0.01, 0), (0, 0.01), (0, -0.01), (0.01, -0.005), (-0.01, 0.005) })
        {
            Assert.True(Loss(fit.A + a, fit.B + b) > least);
        }
    }

    [Fact]
    public void Temperature_EqualsASearchOverAGrid_AndNeverChangesTheClass()
    {
        var rows = TestRows.Multiclass(56, 500);
        int[] labels = [.. rows.Labels.ToArray().Select(l => (int)l)];
        var fit = TemperatureScaling.Fit(rows.Scores, rows.Outputs, labels, out _)!;
        var grid = Enumerable.Range(1, 4000).Select(i => i / 1000.0).MinBy(t => LogLoss(Scaled(new TemperatureScaling(t))));
        Assert.Equal(grid, fit.Temperature, 0.002);
        var calibrated = Scaled(fit);
        Assert.True(LogLoss(calibrated) <= LogLoss(rows));
        Assert.Equal(rows.Predicted.ToArray(), calibrated.Predicted.ToArray());
        Assert.Equal("{\"Temperature\":2}", System.Text.Json.JsonSerializer.Serialize(new TemperatureScaling(2)));

        double LogLoss(ScoredRows of) => MetricCatalogue.Named("log_loss").Measure(of).Value!.Value;

        ScoredRows Scaled(TemperatureScaling scaling)
        {
            var scores = new double[rows.Scores.Length];
            for (var r = 0; r < rows.Count; r++)
            {
                scaling.Apply(rows.Scores.Slice(r * rows.Outputs, rows.Outputs), scores.AsSpan(r * rows.Outputs, rows.Outputs));
            }

            return rows.WithScores(scores);
        }
    }

    [Fact]
    public void ATemperature_NeedsProbabilities()
    {
        Assert.Null(TemperatureScaling.Fit([2, -1], 2, [0], out var reason));
        Assert.Contains("no probability", reason, StringComparison.Ordinal);
        Assert.Null(TemperatureScaling.Fit([], 2, [], out _));
        Assert.Throws<ArgumentException>(() => new TemperatureScaling(0));
    }
}
