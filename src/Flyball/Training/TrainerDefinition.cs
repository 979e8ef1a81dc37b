using Flyball.Engine.Problems;
using Flyball.Projects;
using Flyball.Training.XGBoost;

namespace Flyball.Training;

/// <summary>The trainer and its parameters.</summary>
/// <param name="Kind"><c>xgboost</c>.</param>
/// <param name="Rounds">Trees at most; early stopping may keep fewer.</param>
/// <param name="EarlyStopping">Rounds without a better validation score before training ends; 0 trains all rounds.</param>
public sealed record TrainerDefinition(
    string Kind,
    int Rounds,
    int MaxDepth,
    double LearningRate,
    double MinChildWeight,
    double Subsample,
    double ColumnSample,
    double Lambda,
    double ScalePositive,
    int EarlyStopping,
    int Seed)
{
    /// <summary>The parameters for XGBoost.</summary>
    public XGBoostParameters ToParameters() => new()
    {
        Rounds = Rounds,
        MaxDepth = MaxDepth,
        LearningRate = LearningRate,
        MinChildWeight = MinChildWeight,
        Subsample = Subsample,
        ColumnSampleByTree = ColumnSample,
        RegLambda = Lambda,
        ScalePosWeight = ScalePositive,
        Seed = Seed,
        EarlyStoppingRounds = EarlyStopping > 0 ? EarlyStopping : null,
    };

    public static TrainerDefinition? Read(YamlSection section)
    {
        section.Require("kind");
        var kind = section.Text("kind");
        if (kind is not (null or "xgboost"))
        {
            section.Problems.Add(new Problem("FLY1115", $"The trainer {kind} is not known.", section.At("kind"), "Use xgboost."));
        }

        var trainer = new TrainerDefinition(
            kind ?? "xgboost",
            Rounds: Between(section, "rounds", 200, 1, 5000),
            MaxDepth: Between(section, "max_depth", 6, 1, 16),
            LearningRate: Between(section, "learning_rate", 0.1, 1e-4, 1),
            MinChildWeight: Between(section, "min_child_weight", 1, 0, 1e6),
            Subsample: Between(section, "subsample", 1, 0.01, 1),
            ColumnSample: Between(section, "column_sample", 1, 0.01, 1),
            Lambda: Between(section, "lambda", 1, 0, 1e6),
            ScalePositive: Between(section, "scale_positive", 1, 1e-3, 1e6),
            EarlyStopping: Between(section, "early_stopping", 0, 0, 5000),
            Seed: Between(section, "seed", 0, 0, int.MaxValue));
        section.Finish();
        return kind is null ? null : trainer;
    }

    private static int Between(YamlSection section, string name, int otherwise, int low, int high) =>
        (int)Between(section, name, (double)otherwise, low, high);

    private static double Between(YamlSection section, string name, double otherwise, double low, double high)
    {
        var value = section.Number(name) ?? otherwise;
        if (value < low || value > high)
        {
            section.Problems.Add(new Problem("FLY1116", FormattableString.Invariant($"{name} is {value}; it lies between {low} and {high}."), section.At(name)));
            return otherwise;
        }

        return value;
    }
}
