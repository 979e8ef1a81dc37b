using Flyball.Training.XGBoost;

namespace Flyball.Tests.Training.XGBoost;

public sealed class ExchangedColumnsTests
{
    private const int Columns = 5;

    [Theory]
    [InlineData(XGBoostObjective.BinaryLogistic)]
    [InlineData(XGBoostObjective.SquaredError)]
    [InlineData(XGBoostObjective.Poisson)]
    public void ScoresWithAnotherColumn_AreThoseOfTheWholeRows(XGBoostObjective objective)
    {
        var draw = new Random(5);
        var (rows, model) = Trained(draw, objective);
        var exchanged = new ExchangedColumns(model, rows);
        var count = rows.Length / Columns;
        Assert.Equal(count, exchanged.Scores().Length);
        Near(model, rows, exchanged.Scores());
        for (var column = 0; column < Columns; column++)
        {
            float[] values = [.. Enumerable.Range(0, count).Select(_ => Value(draw))];
            var other = (float[])rows.Clone();
            for (var r = 0; r < count; r++)
            {
                other[(r * Columns) + column] = values[r];
            }

            var scores = new float[count];
            exchanged.Score(column, values, scores);
            Near(model, other, scores);
            Assert.NotEqual(exchanged.Scores(), scores);
        }
    }

    [Fact]
    public void TheSameColumn_LeavesEveryScoreAsItWas()
    {
        var (rows, model) = Trained(new Random(6), XGBoostObjective.BinaryLogistic);
        var exchanged = new ExchangedColumns(model, rows);
        var scores = new float[rows.Length / Columns];
        exchanged.Score(2, [.. Enumerable.Range(0, scores.Length).Select(r => rows[(r * Columns) + 2])], scores);
        Assert.Equal(exchanged.Scores(), scores);
    }

    private static void Near(XGBoostTreeModel model, float[] rows, float[] scores)
    {
        for (var r = 0; r < scores.Length; r++)
        {
            var expected = model.ScoreOf(model.Margin(rows.AsSpan(r * Columns, Columns)));
            Assert.True(Math.Abs(expected - scores[r]) <= 1e-5 * Math.Max(1, Math.Abs(expected)), $"row {r}: {scores[r]} where {expected} is expected");
        }
    }

    private static (float[] Rows, XGBoostTreeModel Model) Trained(Random draw, XGBoostObjective objective)
    {
        float[] rows = [.. Enumerable.Range(0, 400 * Columns).Select(_ => Value(draw))];
        float[] labels = [.. Enumerable.Range(0, 400).Select(r =>
        {
            var sum = rows.AsSpan(r * Columns, Columns).ToArray().Where(v => !float.IsNaN(v)).Sum(v => v * v) + draw.NextSingle();
            return objective == XGBoostObjective.BinaryLogistic ? (sum > 2 ? 1f : 0f) : MathF.Floor(sum);
        })];
        var parameters = new XGBoostParameters { Objective = objective, Rounds = 12, MaxDepth = 4, LearningRate = 0.3, Seed = 3 };
        var trained = XGBoostTrainer.Train(parameters, ["a", "b", "c", "d", "e"], new LabelledRows(rows, Columns, labels));
        return (rows, XGBoostTreeModel.Parse(trained.Json));
    }

    private static float Value(Random draw) => draw.Next(10) == 0 ? float.NaN : (draw.NextSingle() * 2) - 1;
}
