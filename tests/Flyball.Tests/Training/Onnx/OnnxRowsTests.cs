using Flyball.Native.OnnxRuntime;
using Flyball.Training.Onnx;
using Flyball.Training.XGBoost;

namespace Flyball.Tests.Training.Onnx;

public sealed class OnnxRowsTests
{
    private const int Columns = 3;

    [Fact]
    public void ManyRows_HaveTheBitsThatTheyHaveAlone()
    {
        var (onnx, rows) = Model(10_000);
        var all = OnnxRows.Score(onnx, rows, Columns);
        Assert.Equal(10_000, all.Length);
        Assert.Equal(all, OnnxRows.Served(onnx, rows, Columns));
        foreach (var row in (int[])[0, 255, 256, 4_095, 4_096, 8_200, 9_999])
        {
            Assert.Equal(OnnxRows.Score(onnx, rows.AsMemory(row * Columns, Columns), Columns)[0], all[row]);
        }
    }

    [Fact]
    public void AnotherNumberOfFeatures_IsRefused_AlsoOfManyRows()
    {
        var (onnx, rows) = Model(10_000);
        Assert.Contains("3 features instead of 2", Assert.Throws<OnnxRuntimeException>(() => OnnxRows.Score(onnx, rows, 2)).Message, StringComparison.Ordinal);
    }

    private static (byte[] Onnx, float[] Rows) Model(int count)
    {
        var draw = new Random(9);
        float[] rows = [.. Enumerable.Range(0, count * Columns).Select(_ => draw.NextSingle())];
        float[] labels = [.. Enumerable.Range(0, 300).Select(r => rows[r * Columns] + rows[(r * Columns) + 1] > 1 ? 1f : 0f)];
        var trained = XGBoostTrainer.Train(new XGBoostParameters { Rounds = 8, MaxDepth = 3, Seed = 2 }, ["a", "b", "c"], new LabelledRows(rows.AsMemory(0, 300 * Columns), Columns, labels));
        return (XGBoostToOnnx.Convert(XGBoostTreeModel.Parse(trained.Json), ["a", "b", "c"]), rows);
    }
}
