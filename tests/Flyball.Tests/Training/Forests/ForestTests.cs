using Flyball.Native.OnnxRuntime;
using Flyball.Tests.Training.XGBoost;
using Flyball.Training.Forests;
using Flyball.Training.Onnx;
using Flyball.Training.XGBoost;

namespace Flyball.Tests.Training.Forests;

public sealed class ForestTests
{
    [Theory]
    [InlineData(XGBoostObjective.BinaryLogistic, 40, 3, "Logistic")]
    [InlineData(XGBoostObjective.BinaryLogistic, 200, 6, "Logistic")]
    [InlineData(XGBoostObjective.SquaredError, 120, 5, "None")]
    public void A_forest_gives_the_bits_of_the_runtime_for_rows_on_its_thresholds_and_with_missing_values(XGBoostObjective objective, int rounds, int depth, string link)
    {
        var model = XGBoostToOnnxTests.Trained(objective, rounds, depth).Model;
        var onnx = XGBoostToOnnx.Convert(model, XGBoostRows.Names);
        var rows = XGBoostToOnnxTests.RowsOnThresholds(model, 4_000);

        var forest = ForestReader.Read(onnx, XGBoostRows.Columns)!;

        Assert.Equal(link, forest.Link.ToString());
        Assert.Equal(model.Trees.Count + 1, forest.Trees);
        Assert.Equal(XGBoostToOnnxTests.Run(onnx, rows, 1), Enumerable.Range(0, 4_000).Select(r => forest.Score(rows.AsSpan(r * XGBoostRows.Columns))));
        var together = new float[3_999];
        forest.Score(rows.AsSpan(0, together.Length * XGBoostRows.Columns), together);
        Assert.Equal(XGBoostToOnnxTests.Run(onnx, rows, 1).Take(together.Length), together);
        using var session = OnnxSession.Load(onnx);
        Assert.True(ForestCheck.Agrees(forest, session));
    }

    [Fact]
    public void A_forest_of_another_model_is_found_out()
    {
        var own = XGBoostToOnnx.Convert(XGBoostToOnnxTests.Trained(XGBoostObjective.BinaryLogistic, 40, 3).Model, XGBoostRows.Names);
        var model = XGBoostToOnnxTests.Trained(XGBoostObjective.BinaryLogistic, 40, 3).Model;
        var tree = model.Trees[^1];
        var leaf = Enumerable.Range(0, tree.Left.Count).First(tree.IsLeaf);
        var other = own.ToArray();
        BitConverter.GetBytes(tree.Conditions[leaf] + 0.01f).CopyTo(other, own.AsSpan().LastIndexOf(BitConverter.GetBytes(tree.Conditions[leaf])));
        using var session = OnnxSession.Load(own);

        Assert.False(ForestCheck.Agrees(ForestReader.Read(other, XGBoostRows.Columns)!, session));
    }

    [Fact]
    public void Any_other_graph_is_no_forest()
    {
        var model = XGBoostToOnnxTests.Trained(XGBoostObjective.BinaryLogistic, 3, 2).Model;
        var onnx = XGBoostToOnnx.Convert(model, XGBoostRows.Names);
        Assert.NotNull(ForestReader.Read(onnx, XGBoostRows.Columns));

        // Fewer inputs than the trees look at; a mode, an aggregate and an operator by other names; a constant that is not one; half a file.
        Assert.Null(ForestReader.Read(onnx, 1));
        foreach (var (from, to) in (IEnumerable<(string, string)>)[("BRANCH_LT", "BRANCH_GT"), ("SUM", "MIN"), ("Reciprocal", "Reciproca1"), ("nodes_values", "nodes_valuez")])
        {
            Assert.Null(ForestReader.Read(Replaced(onnx, System.Text.Encoding.UTF8.GetBytes(from), System.Text.Encoding.UTF8.GetBytes(to)), XGBoostRows.Columns));
        }

        Assert.Null(ForestReader.Read(Replaced(onnx, BitConverter.GetBytes(1f), BitConverter.GetBytes(2f)), XGBoostRows.Columns));
        for (var length = 0; length < onnx.Length; length += 97)
        {
            _ = ForestReader.Read(onnx.AsSpan(0, length), XGBoostRows.Columns);
        }

        using var plain = new OnnxModelBuilder("g");
        Assert.Null(ForestReader.Read(plain.Input("features", -1, 5).Output("score", -1, 5).Node("Sigmoid", "", ["features"], ["score"]).Build(), 5));
    }

    private static byte[] Replaced(byte[] bytes, byte[] from, byte[] to)
    {
        var copy = bytes.ToArray();
        var at = copy.AsSpan().LastIndexOf(from);
        Assert.True(at > 0);
        to.CopyTo(copy, at);
        return copy;
    }
}
