using Flyball.Engine.Problems;
using Flyball.Registry.Gates;

namespace Flyball.Tests.Registry.Gates;

public sealed class GateDefinitionTests
{
    [Theory]
    [InlineData("roc_auc >= champion - 0.005", "roc_auc", GateComparison.AtLeast, true, -0.005, null)]
    [InlineData("average_precision >= 0.5", "average_precision", GateComparison.AtLeast, false, 0.5, null)]
    [InlineData("average_precision >= champion", "average_precision", GateComparison.AtLeast, true, 0, null)]
    [InlineData("average_precision > champion+0.01", "average_precision", GateComparison.Above, true, 0.01, null)]
    [InlineData("expected_calibration_error <= 0.03", "expected_calibration_error", GateComparison.AtMost, false, 0.03, null)]
    [InlineData("expected_calibration_error <= 3%", "expected_calibration_error", GateComparison.AtMost, false, 0.03, null)]
    [InlineData("latency_p99 <= 5ms", "latency_p99", GateComparison.AtMost, false, 5_000, null)]
    [InlineData("latency_p99 < 0.5 s", "latency_p99", GateComparison.Below, false, 500_000, null)]
    [InlineData("latency_p99 <= champion + 200us", "latency_p99", GateComparison.AtMost, true, 200, null)]
    [InlineData("rmse <= champion + 1.5e1", "rmse", GateComparison.AtMost, true, 15, null)]
    [InlineData("r2 >= -1", "r2", GateComparison.AtLeast, false, -1, null)]
    [InlineData("positive_rate <= 0.1", "positive_rate", GateComparison.AtMost, false, 0.1, null)]
    [InlineData("positive_rate >= 0.01", "positive_rate", GateComparison.AtLeast, false, 0.01, null)]
    [InlineData("slice(amount >= 200): recall >= champion - 0.02", "recall", GateComparison.AtLeast, true, -0.02, "amount >= 200")]
    [InlineData(" slice( (a + b) * 2 > abs(c) ) : f1>=0.4 ", "f1", GateComparison.AtLeast, false, 0.4, "(a + b) * 2 > abs(c)")]
    [InlineData("slice(country = ':)' or country = 'it''s ('): f1 >= 0.4", "f1", GateComparison.AtLeast, false, 0.4, "country = ':)' or country = 'it''s ('")]
    public void A_gate_is_read_in_all_its_parts(string text, string metric, GateComparison comparison, bool champion, double value, string? slice)
    {
        var gate = GateDefinition.Parse(text);

        Assert.Equal((metric, comparison, champion, slice, text), (gate.Metric.Name, gate.Comparison, gate.Bound.IsChampion, gate.Slice, gate.Text));
        Assert.Equal(value, gate.Bound.Value, 1e-12);
    }

    [Fact]
    public void A_bound_on_the_champion_moves_its_figure_and_an_absolute_one_does_not_look_at_it()
    {
        Assert.Equal(0.795, GateDefinition.Parse("roc_auc >= champion - 0.005").Bound.Resolve(0.8), 1e-12);
        Assert.Equal(0.5, GateDefinition.Parse("roc_auc >= 0.5").Bound.Resolve(double.NaN));
    }

    [Theory]
    [InlineData("FLY1150", "")]
    [InlineData("FLY1150", ">= 0.5")]
    [InlineData("FLY1150", "roc_auc")]
    [InlineData("FLY1150", "roc_auc = 0.5")]
    [InlineData("FLY1150", "roc_auc >=")]
    [InlineData("FLY1150", "roc_auc >= high")]
    [InlineData("FLY1150", "roc_auc >= 0,5")]
    [InlineData("FLY1150", "roc_auc >= 0.5 0.6")]
    [InlineData("FLY1150", "roc_auc >= champion * 2")]
    [InlineData("FLY1150", "roc_auc >= champion -")]
    [InlineData("FLY1150", "roc_auc >= champions")]
    [InlineData("FLY1150", "rmse <= 1e999")]
    [InlineData("FLY1151", "auc_of_roc >= 0.5")]
    [InlineData("FLY1151", "ROC_AUC >= 0.5")]
    [InlineData("FLY1152", "roc_auc >= 5")]
    [InlineData("FLY1152", "roc_auc >= 120%")]
    [InlineData("FLY1152", "roc_auc >= 5ms")]
    [InlineData("FLY1152", "roc_auc >= champion - 1%")]
    [InlineData("FLY1152", "roc_auc >= champion - -0.01")]
    [InlineData("FLY1152", "latency_p99 <= 5")]
    [InlineData("FLY1152", "latency_p99 <= 5min")]
    [InlineData("FLY1152", "latency_p99 <= -5ms")]
    [InlineData("FLY1152", "rmse <= 3%")]
    [InlineData("FLY1152", "slice(a > 1): latency_p99 <= 5ms")]
    [InlineData("FLY1153", "roc_auc <= 0.5")]
    [InlineData("FLY1153", "expected_calibration_error >= 0.03")]
    [InlineData("FLY1153", "latency_p99 > 5ms")]
    [InlineData("FLY1154", "slice(): recall >= 0.5")]
    [InlineData("FLY1154", "slice(amount >= 200: recall >= 0.5")]
    [InlineData("FLY1154", "slice(amount >= 200) recall >= 0.5")]
    public void A_line_that_is_no_gate_is_refused(string code, string text)
    {
        var where = new ProblemLocation("models/fraud.yaml", 12);
        Assert.False(GateDefinition.TryParse(text, where, out var gate, out var problem));

        Assert.Null(gate);
        Assert.Equal((code, where), (problem!.Code, problem.Where));
        Assert.NotNull(problem.Remedy);
        Assert.Equal(code, Assert.Throws<FlyballException>(() => GateDefinition.Parse(text)).Problem.Code);
    }

    [Theory]
    [InlineData("rocauc >= 0.5", "roc_auc")]
    [InlineData("average_presicion >= 0.5", "average_precision")]
    [InlineData("latency_p90 <= 5ms", "latency_p")]
    public void An_unknown_metric_is_answered_with_the_nearest_one(string text, string near)
    {
        Assert.False(GateDefinition.TryParse(text, null, out _, out var problem));
        Assert.Contains($"Did you mean '{near}", problem!.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_far_from_all_is_answered_with_the_list()
    {
        Assert.False(GateDefinition.TryParse("happiness >= 1", null, out _, out var problem));
        Assert.Contains("average_precision", problem!.Remedy, StringComparison.Ordinal);
        Assert.DoesNotContain("Did you mean", problem.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_metric_is_named_as_it_is_listed_and_can_be_gated()
    {
        Assert.NotEmpty(GateMetric.All);
        foreach (var (name, metric) in GateMetric.All)
        {
            var sign = metric.HigherIsBetter == true ? ">=" : "<=";
            Assert.Equal(name, GateDefinition.Parse($"{name} {sign} champion").Metric.Name);
        }
    }
}
