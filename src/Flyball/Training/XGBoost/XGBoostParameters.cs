using System.Globalization;

using Flyball.Engine.Problems;

namespace Flyball.Training.XGBoost;

/// <summary>How to train, with XGBoost's names for things and its defaults unless stated.</summary>
public sealed record XGBoostParameters
{
    public XGBoostObjective Objective { get; init; } = XGBoostObjective.BinaryLogistic;

    /// <summary>Trees at most; 1 or more. Ours: 200.</summary>
    public int Rounds { get; init; } = 200;

    /// <summary>1 to 16: the trees have up to two to the power of this leaves.</summary>
    public int MaxDepth { get; init; } = 6;

    /// <summary><c>eta</c>, in (0, 1]. Ours: 0.1.</summary>
    public double LearningRate { get; init; } = 0.1;

    /// <summary>Least sum of Hessians in a child; 0 or more.</summary>
    public double MinChildWeight { get; init; } = 1;

    /// <summary>Share of the rows that each tree sees, in (0, 1].</summary>
    public double Subsample { get; init; } = 1;

    /// <summary>Share of the columns that each tree sees, in (0, 1].</summary>
    public double ColumnSampleByTree { get; init; } = 1;

    /// <summary><c>reg_lambda</c>; 0 or more.</summary>
    public double RegLambda { get; init; } = 1;

    /// <summary>What a positive row counts against a negative one; above 0.</summary>
    public double ScalePosWeight { get; init; } = 1;

    /// <summary>Seed of the sampling; 0 or more.</summary>
    public int Seed { get; init; }

    /// <summary>
    /// Stops when the validation metric (average precision, or RMSE for numbers) has not improved for so many rounds, and
    /// keeps the best ones. Null: all rounds.
    /// </summary>
    public int? EarlyStoppingRounds { get; init; }

    /// <summary>All that is wrong, each with the name of the field as in a model file (code FLY1173).</summary>
    public IReadOnlyList<Problem> Validate()
    {
        var problems = new List<Problem>();
        Require(Rounds is >= 1 and <= 100_000, "rounds", Rounds, "1 to 100000");
        Require(MaxDepth is >= 1 and <= 16, "max_depth", MaxDepth, "1 to 16");
        Require(LearningRate is > 0 and <= 1, "learning_rate", LearningRate, "above 0, at most 1");
        Require(MinChildWeight >= 0 && double.IsFinite(MinChildWeight), "min_child_weight", MinChildWeight, "0 or more");
        Require(Subsample is > 0 and <= 1, "subsample", Subsample, "above 0, at most 1");
        Require(ColumnSampleByTree is > 0 and <= 1, "colsample_bytree", ColumnSampleByTree, "above 0, at most 1");
        Require(RegLambda >= 0 && double.IsFinite(RegLambda), "reg_lambda", RegLambda, "0 or more");
        Require(ScalePosWeight > 0 && double.IsFinite(ScalePosWeight), "scale_pos_weight", ScalePosWeight, "above 0");
        Require(Seed >= 0, "seed", Seed, "0 or more");
        Require(EarlyStoppingRounds is null or >= 1, "early_stopping_rounds", EarlyStoppingRounds ?? 0, "1 or more");
        return problems;

        void Require(bool good, string field, double seen, string wanted)
        {
            if (!good)
            {
                problems.Add(new("FLY1173", string.Create(CultureInfo.InvariantCulture, $"{field} is {seen}; it must be {wanted}."), new ProblemLocation(Field: field)));
            }
        }
    }

    /// <summary>As XGBoost takes them. One thread and exact seeds, so that the same input gives the same bytes.</summary>
    /// <param name="baseScore">Where the sum of the trees starts, on the scale of the score; stated because versions guess differently.</param>
    internal Dictionary<string, string> ToBooster(float baseScore) => new(StringComparer.Ordinal)
    {
        ["objective"] = Objective == XGBoostObjective.BinaryLogistic ? "binary:logistic" : "reg:squarederror",
        ["base_score"] = Number(baseScore),
        ["max_depth"] = Number(MaxDepth),
        ["learning_rate"] = Number(LearningRate),
        ["min_child_weight"] = Number(MinChildWeight),
        ["subsample"] = Number(Subsample),
        ["colsample_bytree"] = Number(ColumnSampleByTree),
        ["reg_lambda"] = Number(RegLambda),
        ["scale_pos_weight"] = Number(ScalePosWeight),
        ["seed"] = Number(Seed),
        ["tree_method"] = "hist",
        ["nthread"] = "1",
        ["verbosity"] = "0",
        ["disable_default_eval_metric"] = "1",
    };

    private static string Number<T>(T value)
        where T : IFormattable => value.ToString(null, CultureInfo.InvariantCulture);
}
