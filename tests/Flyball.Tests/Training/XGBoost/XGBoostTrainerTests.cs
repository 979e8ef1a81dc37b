using Flyball.Engine.Problems;
using Flyball.Native.XGBoost;
using Flyball.Training.XGBoost;

namespace Flyball.Tests.Training.XGBoost;

public sealed class XGBoostTrainerTests
{
    private static readonly XGBoostParameters Quick = new() { Rounds = 30, MaxDepth = 4, Subsample = 0.7, ColumnSampleByTree = 0.8, Seed = 3 };

    [Fact]
    public void The_same_input_gives_the_same_bytes() =>
        Assert.Equal(Train(Quick).Json.ToArray(), Train(Quick).Json.ToArray());

    [Fact]
    public void Another_seed_gives_another_model() =>
        Assert.NotEqual(Train(Quick).Json.ToArray(), Train(Quick with { Seed = 4 }).Json.ToArray());

    [Fact]
    public void Training_again_after_other_training_in_the_process_gives_the_same_bytes()
    {
        var first = Train(Quick).Json.ToArray();
        Train(Quick with { Seed = 99, Rounds = 7 });
        Assert.Equal(first, Train(Quick).Json.ToArray());
    }

    [Fact]
    public void Early_stopping_keeps_the_best_rounds_as_if_trained_with_so_many()
    {
        var fast = Quick with { Rounds = 300, LearningRate = 0.6, MaxDepth = 6, EarlyStoppingRounds = 10 };
        var stopped = Train(fast, XGBoostRows.Binary(1500, 5));
        var best = stopped.History.MaxBy(r => r.Metric)!.Round;

        Assert.Equal(best, stopped.Rounds);
        Assert.Equal(best + 10, stopped.History.Count);
        Assert.Equal(best, XGBoostTreeModel.Parse(stopped.Json).Trees.Count);
        var exact = Train(fast with { Rounds = best, EarlyStoppingRounds = null }, XGBoostRows.Binary(1500, 5));
        Assert.Equal(exact.Json.ToArray(), stopped.Json.ToArray());
    }

    [Fact]
    public void A_cut_model_loads_and_scores_as_the_best_round_did()
    {
        var validation = XGBoostRows.Binary(1500, 5);
        var stopped = Train(Quick with { Rounds = 300, LearningRate = 0.6, EarlyStoppingRounds = 5 }, validation);
        using var booster = XGBoostBooster.Load(stopped.Json.Span);
        using var matrix = XGBoostMatrix.FromDense(validation.Values.Span, validation.Count, validation.Columns);
        matrix.SetFeatureNames(XGBoostRows.Names);
        var scores = booster.Predict(matrix);

        Assert.Equal(stopped.History[stopped.Rounds - 1].Metric, NaiveAveragePrecision(scores, validation.Labels.Span), 1e-12);
    }

    [Fact]
    public void Importance_names_every_feature_and_puts_the_strongest_first()
    {
        var importance = Train(Quick).Importance;

        Assert.Equal(XGBoostRows.Names.Order(StringComparer.Ordinal), importance.Select(i => i.Feature).Order(StringComparer.Ordinal));
        Assert.Equal("amount", importance[0].Feature);
        Assert.All(importance, i => Assert.Equal(i.Splits == 0, i.TotalGain == 0));
        Assert.Equal(importance[0].TotalGain / importance[0].Splits, importance[0].AverageGain);
    }

    [Fact]
    public void Weights_change_what_is_learned()
    {
        var rows = XGBoostRows.Binary(2000, 1);
        var weights = rows.Labels.ToArray().Select(l => l > 0 ? 10f : 1f).ToArray();
        var weighted = XGBoostTrainer.Train(Quick, XGBoostRows.Names, rows with { Weights = weights });

        float[] row = [300f, 12f, 4f, 2f, 0f];
        Assert.True(XGBoostTreeModel.Parse(weighted.Json).Margin(row) > XGBoostTreeModel.Parse(Train(Quick).Json).Margin(row));
    }

    [Fact]
    public void A_number_is_learned_from_its_mean_on()
    {
        var rows = XGBoostRows.Numbers(2000, 1);
        var model = XGBoostTreeModel.Parse(XGBoostTrainer.Train(Quick with { Objective = XGBoostObjective.SquaredError }, XGBoostRows.Names, rows).Json);

        Assert.Equal(rows.Labels.ToArray().Average(l => (double)l), model.BaseScore, 1e-3);
    }

    [Fact]
    public void A_cancelled_training_ends_between_rounds()
    {
        using var source = new CancellationTokenSource();
        var seen = new CancelAt(source, 3);
        Assert.Throws<OperationCanceledException>(() =>
            XGBoostTrainer.Train(Quick, XGBoostRows.Names, XGBoostRows.Binary(500, 1), XGBoostRows.Binary(500, 2), seen, source.Token));
        Assert.Equal(3, seen.Rounds);
    }

    public static TheoryData<string, XGBoostParameters> WrongParameters() => new()
    {
        { "rounds", Quick with { Rounds = 0 } },
        { "max_depth", Quick with { MaxDepth = 17 } },
        { "learning_rate", Quick with { LearningRate = 0 } },
        { "learning_rate", Quick with { LearningRate = double.NaN } },
        { "min_child_weight", Quick with { MinChildWeight = -1 } },
        { "subsample", Quick with { Subsample = 1.1 } },
        { "colsample_bytree", Quick with { ColumnSampleByTree = 0 } },
        { "reg_lambda", Quick with { RegLambda = double.PositiveInfinity } },
        { "scale_pos_weight", Quick with { ScalePosWeight = 0 } },
        { "seed", Quick with { Seed = -1 } },
        { "early_stopping_rounds", Quick with { EarlyStoppingRounds = 0 } },
        { "early_stopping_rounds", Quick with { EarlyStoppingRounds = 5 } }, // without validation rows
    };

    [Theory]
    [MemberData(nameof(WrongParameters))]
    public void A_wrong_parameter_is_refused_by_name(string field, XGBoostParameters parameters)
    {
        var problem = Assert.Throws<FlyballException>(() => Train(parameters)).Problem;
        Assert.Equal(("FLY1173", field), (problem.Code, problem.Where?.Field));
    }

    public static TheoryData<string, LabelledRows> WrongRows() => new()
    {
        { "FLY1174", new(new float[] { 1, 2, 3 }, 5, new float[] { 0, 1 }) },
        { "FLY1174", new(Row(float.PositiveInfinity), 5, new float[] { 0, 1 }) },
        { "FLY1174", new(Row(1), 5, new float[] { 0, 0.5f }) },
        { "FLY1174", new(Row(1), 5, new float[] { 0, float.NaN }) },
        { "FLY1174", new(Row(1), 5, new float[] { 0, 1 }, new float[] { 1, 0 }) },
        { "FLY1174", new(Row(1), 5, new float[] { 0, 1 }, new float[] { 1 }) },
        { "FLY1175", new(Row(1), 5, new float[] { 0, 0 }) },
    };

    [Theory]
    [MemberData(nameof(WrongRows))]
    public void Rows_that_cannot_be_learned_from_are_refused(string code, LabelledRows rows)
    {
        var problem = Assert.Throws<FlyballException>(() => XGBoostTrainer.Train(Quick, XGBoostRows.Names, rows)).Problem;
        Assert.Equal(code, problem.Code);
    }

    [Fact]
    public void Two_features_of_one_name_are_refused()
    {
        var problem = Assert.Throws<FlyballException>(() => XGBoostTrainer.Train(Quick, ["a", "b", "c", "d", "a"], XGBoostRows.Binary(100, 1))).Problem;
        Assert.Equal("FLY1172", problem.Code);
    }

    private static float[] Row(float first) => [first, 2, 3, 4, 5, 6, 7, 8, 9, 10];

    private static TrainedModel Train(XGBoostParameters parameters, LabelledRows? validation = null) =>
        XGBoostTrainer.Train(parameters, XGBoostRows.Names, XGBoostRows.Binary(2000, 1), validation);

    /// <summary>For each positive, the precision among the rows that score at least as much: the mean of them.</summary>
    private static double NaiveAveragePrecision(float[] scores, ReadOnlySpan<float> labels)
    {
        var (sum, positives) = (0.0, 0);
        for (var i = 0; i < scores.Length; i++)
        {
            if (labels[i] < 0.5f)
            {
                continue;
            }

            positives++;
            var (above, hits) = (0, 0);
            for (var j = 0; j < scores.Length; j++)
            {
                above += scores[j] >= scores[i] ? 1 : 0;
                hits += scores[j] >= scores[i] && labels[j] > 0.5f ? 1 : 0;
            }

            sum += (double)hits / above;
        }

        return sum / positives;
    }

    private sealed class CancelAt(CancellationTokenSource source, int round) : IProgress<TrainingRound>
    {
        public int Rounds { get; private set; }

        public void Report(TrainingRound value)
        {
            Rounds = value.Round;
            if (value.Round == round)
            {
                source.Cancel();
            }
        }
    }
}
