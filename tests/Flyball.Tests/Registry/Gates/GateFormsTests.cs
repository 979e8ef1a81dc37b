using Flyball.Engine.Problems;
using Flyball.Registry.Gates;

namespace Flyball.Tests.Registry.Gates;

public sealed class GateFormsTests
{
    [Theory]
    [InlineData("recall(0.3) >= 0.8", "recall(0.3)", GateEdge.Figure, GateReference.None, 0.8)]
    [InlineData("cost(1, 10) <= 0.4", "cost(1, 10)", GateEdge.Figure, GateReference.None, 0.4)]
    [InlineData("lower(roc_auc) >= 0.7", "roc_auc", GateEdge.Lower, GateReference.None, 0.7)]
    [InlineData("upper( tweedie_deviance(1.2) ) <= 3", "tweedie_deviance(1.2)", GateEdge.Upper, GateReference.None, 3)]
    [InlineData("f1_macro >= previous - 0.01", "f1_macro", GateEdge.Figure, GateReference.Previous, -0.01)]
    [InlineData("rmse <= baseline", "rmse", GateEdge.Figure, GateReference.Baseline, 0)]
    [InlineData("ndcg(5) >= baseline + 0.1", "ndcg(5)", GateEdge.Figure, GateReference.Baseline, 0.1)]
    [InlineData("failed_tests <= 0", "failed_tests", GateEdge.Figure, GateReference.None, 0)]
    public void MeasuresWithParameters_Intervals_AndOtherReferences_AreRead(string text, string metric, GateEdge edge, GateReference reference, double value)
    {
        var gate = GateDefinition.Parse(text);
        Assert.Equal((metric, edge, reference), (gate.Metric.Name, gate.Edge, gate.Bound.Against));
        Assert.Equal(value, gate.Bound.Value, 1e-12);
        Assert.Null(gate.Test);
    }

    [Fact]
    public void CellsAndTests_AreRead()
    {
        var cells = GateDefinition.Parse("slices(country, channel): recall >= champion - 0.05");
        Assert.Equal(["country", "channel"], cells.Cells);
        Assert.Null(cells.Slice);
        Assert.True(cells.Bound.IsChampion);
        Assert.Equal("golden_set", GateDefinition.Parse("test(golden_set)").Test);
    }

    [Theory]
    [InlineData("FLY1150", "test()")]
    [InlineData("FLY1150", "test(golden_set) >= 1")]
    [InlineData("FLY1150", "slice(a > 1): test(golden_set)")]
    [InlineData("FLY1150", "recall(0.5 >= 0.3")]
    [InlineData("FLY1151", "lower(happiness) >= 1")]
    [InlineData("FLY1151", "lower >= 1")]
    [InlineData("FLY1152", "recall(7) >= 0.5")]
    [InlineData("FLY1152", "cost <= 1")]
    [InlineData("FLY1152", "upper(roc_auc) >= 0.7")]
    [InlineData("FLY1152", "lower(roc_auc) >= champion")]
    [InlineData("FLY1152", "lower(latency_p99) <= 5ms")]
    [InlineData("FLY1152", "slices(country): failed_tests <= 0")]
    [InlineData("FLY1154", "slices(): recall >= 0.5")]
    [InlineData("FLY1154", "slices(a, a): recall >= 0.5")]
    [InlineData("FLY1154", "slices(a, b, c, d): recall >= 0.5")]
    [InlineData("FLY1154", "slices(amount > 1): recall >= 0.5")]
    public void WhatIsNoGate_IsRefused(string code, string text)
    {
        Assert.False(GateDefinition.TryParse(text, null, out _, out var problem));
        Assert.Equal(code, problem!.Code);
        Assert.NotNull(problem.Remedy);
    }
}
