using Flyball.Engine.Problems;
using Flyball.Native.OnnxRuntime;
using Flyball.Native.XGBoost;
using Flyball.Training.Onnx;
using Flyball.Training.XGBoost;

namespace Flyball.Tests.Training.XGBoost;

public sealed class XGBoostToOnnxTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(XGBoostObjective.BinaryLogistic, 40, 3)]
    [InlineData(XGBoostObjective.BinaryLogistic, 200, 6)]
    [InlineData(XGBoostObjective.SquaredError, 120, 5)]
    public void Margins_are_the_same_bits_as_XGBoosts_own(XGBoostObjective objective, int rounds, int depth)
    {
        var (model, json) = Trained(objective, rounds, depth);
        var rows = RowsOnThresholds(model, 4000);
        using var booster = XGBoostBooster.Load(json);
        using var matrix = XGBoostMatrix.FromDense(rows, rows.Length / XGBoostRows.Columns, XGBoostRows.Columns);
        var expected = booster.Predict(matrix, margin: true);

        foreach (var batch in new[] { 1, 7, 256 })
        {
            Assert.Equal(expected, Run(XGBoostToOnnx.Convert(model, XGBoostRows.Names, margin: true), rows, batch));
        }

        for (var r = 0; r < expected.Length; r += 50)
        {
            Assert.Equal(expected[r], model.Margin(rows.AsSpan(r * XGBoostRows.Columns, XGBoostRows.Columns)));
        }
    }

    [Theory]
    [InlineData(XGBoostObjective.BinaryLogistic, 200, 6)]
    [InlineData(XGBoostObjective.SquaredError, 120, 5)]
    public void Scores_differ_from_XGBoosts_own_by_rounding_at_most(XGBoostObjective objective, int rounds, int depth)
    {
        var (model, json) = Trained(objective, rounds, depth);
        var rows = RowsOnThresholds(model, 20_000);
        using var booster = XGBoostBooster.Load(json);

        var verdict = PackagingCheck.Compare(booster, XGBoostToOnnx.Convert(model, XGBoostRows.Names), rows, XGBoostRows.Columns);

        output.WriteLine($"{objective}: {verdict.BitEqual} of {verdict.Rows} scores bit-equal, largest difference {verdict.MaxDifference:E2}");
        Assert.True(verdict.IsAccepted, verdict.Problem?.ToString());
        Assert.InRange(verdict.MaxDifference, 0, objective == XGBoostObjective.BinaryLogistic ? 1.2e-7 : 0);
        Assert.InRange(verdict.BitEqual, verdict.Rows * 999 / 1000, verdict.Rows);
    }

    [Fact]
    public void The_same_model_gives_the_same_bytes_and_passes_the_inspection()
    {
        var (model, json) = Trained(XGBoostObjective.BinaryLogistic, 20, 4);
        var onnx = XGBoostToOnnx.Convert(model, XGBoostRows.Names);

        Assert.Equal(onnx, XGBoostToOnnx.Convert(XGBoostTreeModel.Parse(json), XGBoostRows.Names));
        Assert.Empty(OnnxInspector.Inspect(onnx).Problems);
    }

    [Fact]
    public void Input_and_output_have_the_names_and_shapes_that_serving_binds()
    {
        using var session = OnnxSession.Load(XGBoostToOnnx.Convert(Trained(XGBoostObjective.BinaryLogistic, 2, 2).Model, XGBoostRows.Names));

        Assert.Equal("features Float[-1, 5]", Assert.Single(session.Inputs).ToString());
        Assert.Equal("score Float[-1, 1]", Assert.Single(session.Outputs).ToString());
    }

    [Fact]
    public void Names_in_another_order_are_refused()
    {
        var model = Trained(XGBoostObjective.BinaryLogistic, 2, 2).Model;
        var problem = Assert.Throws<FlyballException>(() => XGBoostToOnnx.Convert(model, [.. XGBoostRows.Names.Reverse()])).Problem;
        Assert.Equal("FLY1172", problem.Code);
    }

    [Fact]
    public void A_package_with_one_changed_leaf_is_refused()
    {
        var (model, json) = Trained(XGBoostObjective.BinaryLogistic, 40, 3);
        var onnx = XGBoostToOnnx.Convert(model, XGBoostRows.Names);
        var tree = model.Trees[0];
        var leaf = Enumerable.Range(0, tree.Left.Count).First(tree.IsLeaf);
        var at = onnx.AsSpan().IndexOf(BitConverter.GetBytes(tree.Conditions[leaf]));
        Assert.True(at > 0);
        BitConverter.GetBytes(tree.Conditions[leaf] + 0.01f).CopyTo(onnx.AsSpan(at));

        using var booster = XGBoostBooster.Load(json);
        var verdict = PackagingCheck.Compare(booster, onnx, RowsOnThresholds(model, 2000), XGBoostRows.Columns);

        Assert.Equal("FLY3270", verdict.Problem?.Code);
        Assert.True(verdict.MaxDifference > 1e-4);
    }

    [Fact]
    public void A_package_of_another_shape_is_refused()
    {
        var (model, json) = Trained(XGBoostObjective.BinaryLogistic, 2, 2);
        using var other = new OnnxModelBuilder("g");
        var onnx = other.Input("features", -1, 3).Output("score", -1, 3).Node("Sigmoid", "", ["features"], ["score"]).Build();
        using var booster = XGBoostBooster.Load(json);

        Assert.Equal("FLY3270", PackagingCheck.Compare(booster, onnx, RowsOnThresholds(model, 10), XGBoostRows.Columns).Problem?.Code);
    }

    [Fact]
    public void A_package_that_fails_the_inspection_is_never_loaded()
    {
        var (model, json) = Trained(XGBoostObjective.BinaryLogistic, 2, 2);
        byte[] onnx = [.. XGBoostToOnnx.Convert(model, XGBoostRows.Names), 0xA2, 0x01, 0x00];
        using var booster = XGBoostBooster.Load(json);

        Assert.Equal("FLY1138", PackagingCheck.Compare(booster, onnx, RowsOnThresholds(model, 10), XGBoostRows.Columns).Problem?.Code);
    }

    internal static (XGBoostTreeModel Model, byte[] Json) Trained(XGBoostObjective objective, int rounds, int depth)
    {
        var parameters = new XGBoostParameters { Objective = objective, Rounds = rounds, MaxDepth = depth, Subsample = 0.8, Seed = 7 };
        var rows = objective == XGBoostObjective.BinaryLogistic ? XGBoostRows.Binary(3000, 1) : XGBoostRows.Numbers(3000, 1);
        var json = XGBoostTrainer.Train(parameters, XGBoostRows.Names, rows).Json.ToArray();
        return (XGBoostTreeModel.Parse(json), json);
    }

    /// <summary>Random rows, where a third of the values is exactly a threshold or a neighbour of one, and a tenth is missing.</summary>
    internal static float[] RowsOnThresholds(XGBoostTreeModel model, int count)
    {
        var random = new Random(11);
        var thresholds = Enumerable.Range(0, XGBoostRows.Columns)
            .Select(c => model.Trees.SelectMany(t => Enumerable.Range(0, t.Left.Count).Where(n => !t.IsLeaf(n) && t.Features[n] == c).Select(n => t.Conditions[n])).ToArray())
            .ToArray();
        var rows = XGBoostRows.Binary(count, 2).Values.ToArray();
        for (var i = 0; i < rows.Length; i++)
        {
            var near = thresholds[i % XGBoostRows.Columns];
            if (random.Next(10) == 0)
            {
                rows[i] = float.NaN;
            }
            else if (near.Length > 0 && random.Next(3) == 0)
            {
                var threshold = near[random.Next(near.Length)];
                rows[i] = random.Next(3) switch { 0 => threshold, 1 => MathF.BitDecrement(threshold), _ => MathF.BitIncrement(threshold) };
            }
        }

        return rows;
    }

    internal static float[] Run(byte[] onnx, float[] rows, int batch)
    {
        using var session = OnnxSession.Load(onnx);
        using var binding = session.Bind(batch);
        var count = rows.Length / XGBoostRows.Columns;
        var scores = new float[count];
        for (var done = 0; done < count; done += batch)
        {
            var now = Math.Min(batch, count - done);
            rows.AsSpan(done * XGBoostRows.Columns, now * XGBoostRows.Columns).CopyTo(binding.Input);
            binding.Run(now);
            binding.Output[..now].CopyTo(scores.AsSpan(done));
        }

        return scores;
    }
}
