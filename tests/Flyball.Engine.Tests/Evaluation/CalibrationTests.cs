using System.Text.Json;
using FsCheck.Fluent;
using Flyball.Engine.Evaluation;
using Flyball.Engine.Tests.Oracles;
using Flyball.Engine.Tests.Statistics;

namespace Flyball.Engine.Tests.Evaluation;

public sealed class CalibrationTests
{
    [Fact]
    public void Isotonic_PoolsAViolator_ByHand()
    {
        // Labels 0 1 0 1 at 1 2 3 4: the middle two are pooled to one half.
        var fit = IsotonicCalibration.Fit([1, 2, 3, 4], [false, true, false, true], out _)!;
        Assert.Equal([0, 0.5, 0.5, 1], new[] { 1.0, 2, 3, 4 }.Select(fit.Apply));
        Assert.Equal(0.25, fit.Apply(1.5));
        Assert.Equal(0, fit.Apply(-9));
        Assert.Equal(1, fit.Apply(9));
    }

    [Fact]
    public void Isotonic_AveragesTiedScoresFirst() =>
        Assert.Equal(1.0 / 3, IsotonicCalibration.Fit([1, 1, 1, 2], [true, false, false, true], out _)!.Apply(1));

    [Fact]
    public void Isotonic_NeverFalls_AndMinimisesAgainstAnyOtherStep() => FsCheck.Check.One(FsCheck.Config.QuickThrowOnFailure, Prop.ForAll(
        Gen.ArrayOf(Gen.Choose(0, 30)).ToArbitrary(),
        Gen.Choose(0, 10_000).ToArbitrary(),
        (ranks, seed) =>
        {
            var numbers = new SeededNumbers((ulong)seed);
            bool[] labels = [.. ranks.Select(r => numbers.Chance(r / 30.0))];
            double[] scores = [.. ranks.Select(r => r / 30.0)];
            var fit = IsotonicCalibration.Fit(scores, labels, out var reason);
            if (fit is null)
            {
                return reason is not null && (!labels.Contains(true) || !labels.Contains(false));
            }

            var previous = 0.0;
            for (var i = -5; i <= 105; i++)
            {
                var value = fit.Apply(i / 100.0);
                if (value < previous || value > 1)
                {
                    return false;
                }

                previous = value;
            }

            // Never worse in squared error than the best constant, and the mean is kept.
            double[] calibrated = [.. scores.Select(fit.Apply)];
            var rate = labels.Count(l => l) / (double)labels.Length;
            return BinaryMetrics.Brier(calibrated, labels).Value <= (rate * (1 - rate)) + 1e-12
                && Math.Abs(calibrated.Average() - rate) < 1e-9;
        }));

    [Fact]
    public void BadKnots_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => new IsotonicCalibration([1, 2], [0.6, 0.5]));
        Assert.Throws<ArgumentException>(() => new IsotonicCalibration([2, 1], [0.5, 0.6]));
        Assert.Throws<ArgumentException>(() => new IsotonicCalibration([1], [1.5]));
        Assert.Throws<ArgumentException>(() => new IsotonicCalibration([], []));
        Assert.Throws<ArgumentException>(() => new IsotonicCalibration([1], [0.5]).Apply(double.NaN));
    }

    [Fact]
    public void Platt_RecoversASigmoid_AndKeepsTheMeanOfItsTargets()
    {
        var numbers = new SeededNumbers(7);
        double[] scores = numbers.Normals(20_000);
        bool[] labels = [.. scores.Select(s => numbers.Chance(1 / (1 + Math.Exp(-(2 * s) + 1))))];
        var fit = PlattCalibration.Fit(scores, labels, out _)!;
        Assert.InRange(fit.A, -2.1, -1.9);
        Assert.InRange(fit.B, 0.9, 1.1);
        Assert.Equal(labels.Count(l => l) / 20_000.0, scores.Average(fit.Apply), 4);
    }

    [Fact]
    public void Platt_OnSeparableScores_IsFinite()
    {
        var fit = PlattCalibration.Fit([-1000, -1, 1, 1000], [false, false, true, true], out _)!;
        Assert.InRange(fit.Apply(1000), 0.7, 1);
        Assert.InRange(fit.Apply(-1000), 0, 0.3);
    }

    [Fact]
    public void DegenerateInput_GivesAReasonAndNoFit()
    {
        Assert.Null(IsotonicCalibration.Fit([], [], out var empty));
        Assert.Equal("no rows", empty);
        Assert.Null(IsotonicCalibration.Fit([0.1, 0.2], [true, true], out var oneClass));
        Assert.Equal("no negatives", oneClass);
        Assert.Null(PlattCalibration.Fit([0.5, 0.5], [true, false], out var ties));
        Assert.Equal("all scores are equal", ties);
        Assert.Null(PlattCalibration.Fit([double.NaN, 0.5], [true, false], out var nan));
        Assert.NotNull(nan);
    }

    [Fact]
    public void Calibrations_SurviveJson()
    {
        var isotonic = IsotonicCalibration.Fit([1, 2, 3, 4], [false, true, false, true], out _)!;
        var again = JsonSerializer.Deserialize<IsotonicCalibration>(JsonSerializer.Serialize(isotonic))!;
        Assert.Equal(isotonic.Apply(1.7), again.Apply(1.7));
        BinTests.RoundTrip(new PlattCalibration(-1.5, 0.25));
    }

    [Fact]
    public void ConfidenceBasedEstimate_OfTwoRows_ByHand()
    {
        var estimate = ConfidenceBasedEstimate.Estimate([0.9, 0.2], [0.8, 0.1], 0.5, out _)!;
        Assert.Equal(0.8, estimate.Confusion.Precision.Value!.Value, 12);
        Assert.Equal(0.8 / 0.9, estimate.Confusion.Recall.Value!.Value, 12);
        Assert.Equal(0.85, estimate.Confusion.Accuracy.Value!.Value, 12);
        Assert.Equal(Math.Sqrt(0.16 + 0.09) / 2, estimate.AccuracyStandardError, 12);

        // Trapezoid: 0.2 * 0.8/2 + 0.9 * (0.8 + 0.05), over 0.9 * 1.1.
        Assert.Equal((0.08 + 0.765) / 0.99, estimate.RocAuc.Value!.Value, 12);
    }

    [Fact]
    public void ConfidenceBasedEstimate_IsWithinItsBand_WhenScoresAreCalibrated_AndBlindToConceptDrift()
    {
        var numbers = new SeededNumbers(9);
        double[] scores = [.. Enumerable.Range(0, 5000).Select(_ => numbers.Uniform())];
        bool[] labels = [.. scores.Select(numbers.Chance)];
        bool[] flipped = [.. labels.Select(l => !l)];
        var estimate = ConfidenceBasedEstimate.Estimate(scores, scores, 0.5, out _)!;
        var expected = estimate.Confusion.Accuracy.Value!.Value;
        var realised = BinaryMetrics.ConfusionAt(scores, labels, 0.5)!.Value.Accuracy.Value!.Value;
        var drifted = BinaryMetrics.ConfusionAt(scores, flipped, 0.5)!.Value.Accuracy.Value!.Value;
        Assert.InRange(Math.Abs(realised - expected), 0, 3 * estimate.AccuracyStandardError);
        Assert.True(Math.Abs(drifted - expected) > 30 * estimate.AccuracyStandardError);
    }

    [Fact]
    public void ConfidenceBasedEstimate_RefusesWhatIsNoProbability()
    {
        Assert.Null(ConfidenceBasedEstimate.Estimate([0.5], [1.5], 0.5, out var reason));
        Assert.NotNull(reason);
        Assert.Null(ConfidenceBasedEstimate.Estimate([], [], 0.5, out _));
        Assert.NotNull(ConfidenceBasedEstimate.Estimate([0.5], [0], 0.5, out _)!.RocAuc.Insufficient);
    }
}
