using Flyball.Engine.Evaluation;
using Flyball.Engine.Tests.Oracles;

namespace Flyball.Engine.Tests.Evaluation;

public sealed class EvaluationOracleTests
{
    private static double[] Scores => Oracle.Sample("B", "p");

    private static bool[] Labels => [.. Oracle.Sample("B", "y").Select(y => y == 1)];

    [Fact]
    public void RealisedMetrics_EqualTheOracle()
    {
        var oracle = Oracle.Case("B.realised");
        var confusion = BinaryMetrics.ConfusionAt(Scores, Labels, 0.5)!.Value;
        oracle.Equal("tp", confusion.TruePositives);
        oracle.Equal("fp", confusion.FalsePositives);
        oracle.Equal("fn", confusion.FalseNegatives);
        oracle.Equal("tn", confusion.TrueNegatives);
        oracle.Equal("accuracy", confusion.Accuracy.Value!.Value);
        oracle.Equal("precision", confusion.Precision.Value!.Value);
        oracle.Equal("recall", confusion.Recall.Value!.Value);
        oracle.Equal("f1", confusion.F1.Value!.Value);
        oracle.Equal("mcc", confusion.MatthewsCorrelation.Value!.Value);
        oracle.Equal("auc", BinaryMetrics.RocAuc(Scores, Labels).Value!.Value);
        oracle.Equal("average_precision", BinaryMetrics.AveragePrecision(Scores, Labels).Value!.Value);
        oracle.Equal("brier", BinaryMetrics.Brier(Scores, Labels).Value!.Value);
        oracle.Equal("log_loss", BinaryMetrics.LogLoss(Scores, Labels).Value!.Value);
    }

    [Fact]
    public void CalibrationErrors_EqualTheOracle()
    {
        var oracle = Oracle.Case("B.calibration");
        oracle.Equal("ece_equal_width_10", CalibrationError.EqualWidth(Scores, Labels).Value!.Value);
        oracle.Equal("ece_equal_width_15", CalibrationError.EqualWidth(Scores, Labels, 15).Value!.Value);
        oracle.Equal("mce_equal_width_10", CalibrationError.MaximumEqualWidth(Scores, Labels).Value!.Value);
        oracle.Equal("ece_equal_frequency_10", CalibrationError.EqualFrequency(Scores, Labels).Value!.Value);
    }

    [Fact]
    public void Isotonic_EqualsTheOracle_RowByRow()
    {
        var oracle = Oracle.Case("B.isotonic");
        var fit = IsotonicCalibration.Fit(Scores, Labels, out _)!;
        var calibrated = Scores.Select(fit.Apply).ToArray();
        var expected = Oracle.Sample("B", "isotonic");
        for (var i = 0; i < expected.Length; i++)
        {
            Oracle.Near(expected[i], calibrated[i], 1e-9);
        }

        oracle.Equal("brier", BinaryMetrics.Brier(calibrated, Labels).Value!.Value);
        Assert.Equal(oracle.Expected.GetProperty("distinct_levels").GetInt32(), fit.Values.Distinct().Count());
        oracle.AllNear(oracle.Expected.GetProperty("at_0.25_0.50_0.75"), [fit.Apply(0.25), fit.Apply(0.5), fit.Apply(0.75)]);
        oracle.Equal("first_level", fit.Apply(-1));
        oracle.Equal("last_level", fit.Apply(2));
    }

    [Fact]
    public void Platt_EqualsTheOracle()
    {
        var oracle = Oracle.Case("B.platt");
        var fit = PlattCalibration.Fit(Scores, Labels, out _)!;
        oracle.Equal("a", fit.A);
        oracle.Equal("b", fit.B);
        var calibrated = Scores.Select(fit.Apply).ToArray();
        oracle.Equal("brier", BinaryMetrics.Brier(calibrated, Labels).Value!.Value);
        oracle.Equal("log_loss", BinaryMetrics.LogLoss(calibrated, Labels).Value!.Value);
    }

    [Fact]
    public void ConfidenceBasedEstimate_EqualsTheOracle()
    {
        var oracle = Oracle.Case("B.cbpe_isotonic");
        var estimate = ConfidenceBasedEstimate.Estimate(Scores, Oracle.Sample("B", "isotonic"), 0.5, out _)!;
        oracle.Equal("tp", estimate.Confusion.TruePositives);
        oracle.Equal("fp", estimate.Confusion.FalsePositives);
        oracle.Equal("fn", estimate.Confusion.FalseNegatives);
        oracle.Equal("tn", estimate.Confusion.TrueNegatives);
        oracle.Equal("accuracy", estimate.Confusion.Accuracy.Value!.Value);
        oracle.Equal("precision", estimate.Confusion.Precision.Value!.Value);
        oracle.Equal("recall", estimate.Confusion.Recall.Value!.Value);
        oracle.Equal("f1", estimate.Confusion.F1.Value!.Value);
        oracle.Equal("auc", estimate.RocAuc.Value!.Value);
    }

    [Fact]
    public void RatesOfAGroup_EqualTheOracle_AndAGroupWithoutPositivesIsInsufficient()
    {
        var oracle = Oracle.Case("E.fairness");
        var groups = Oracle.Fixture("E").GetProperty("cells").EnumerateArray()
            .GroupBy(c => c.GetProperty("sex").GetString()!)
            .ToDictionary(g => g.Key, g => new Confusion(
                g.Sum(c => c.GetProperty("tp").GetDouble()),
                g.Sum(c => c.GetProperty("fp").GetDouble()),
                g.Sum(c => c.GetProperty("fn").GetDouble()),
                g.Sum(c => c.GetProperty("tn").GetDouble())));
        Assert.Equal(3, groups.Count);
        foreach (var (name, confusion) in groups)
        {
            var expected = oracle.Expected.GetProperty("by_sex").GetProperty(name);
            oracle.Near(expected.GetProperty("fpr"), confusion.FalsePositiveRate.Value!.Value);
            oracle.Near(expected.GetProperty("ppv"), confusion.Precision.Value!.Value);
            oracle.Near(expected.GetProperty("accuracy"), confusion.Accuracy.Value!.Value);
            if (name == "X")
            {
                Assert.Equal(oracle.Expected.GetProperty("insufficient").GetProperty("X.tpr").GetString(), confusion.Recall.Insufficient);
            }
            else
            {
                oracle.Near(expected.GetProperty("tpr"), confusion.Recall.Value!.Value);
            }
        }
    }
}
