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

    /// <summary>Of <c>multi:softprob</c>: how many classes, 2 or more; 0 for other objectives.</summary>
    public int Classes { get; init; }

    /// <summary><c>reg_alpha</c>; 0 or more.</summary>
    public double RegAlpha { get; init; }

    /// <summary>Least drop of the loss for a split; 0 or more.</summary>
    public double Gamma { get; init; }

    /// <summary>Bins of a feature, 2 to 65536.</summary>
    public int MaxBin { get; init; } = 256;

    /// <summary>Leaves of a tree at most; 0 for as many as the depth allows.</summary>
    public int MaxLeaves { get; init; }

    /// <summary>A limit of a leaf's weight; 0 for none.</summary>
    public double MaxDeltaStep { get; init; }

    /// <summary>Of <c>reg:tweedie</c>: between 1 and 2.</summary>
    public double TweediePower { get; init; } = 1.5;

    /// <summary>One a column: 1 rising, -1 falling, 0 free; empty for all free.</summary>
    public IReadOnlyList<int> Monotone { get; init; } = [];

    /// <summary>
    /// Stops when the validation metric (see <see cref="ValidationMetric"/>) has not improved for so many rounds, and
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
        Require(RegAlpha >= 0 && double.IsFinite(RegAlpha), "reg_alpha", RegAlpha, "0 or more");
        Require(Gamma >= 0 && double.IsFinite(Gamma), "gamma", Gamma, "0 or more");
        Require(MaxBin is >= 2 and <= 65_536, "max_bin", MaxBin, "2 to 65536");
        Require(MaxLeaves is >= 0 and <= 65_536, "max_leaves", MaxLeaves, "0 to 65536");
        Require(MaxDeltaStep >= 0 && double.IsFinite(MaxDeltaStep), "max_delta_step", MaxDeltaStep, "0 or more");
        Require(TweediePower is > 1 and < 2, "tweedie_power", TweediePower, "between 1 and 2");
        Require(Objective == XGBoostObjective.MultiSoftprob ? Classes >= 2 : Classes == 0, "classes", Classes, "2 or more for several classes, else 0");
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
    internal Dictionary<string, string> ToBooster(float baseScore)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["objective"] = XGBoostObjectives.NameOf(Objective),
            ["base_score"] = Number(baseScore),
            ["max_depth"] = Number(MaxDepth),
            ["learning_rate"] = Number(LearningRate),
            ["min_child_weight"] = Number(MinChildWeight),
            ["subsample"] = Number(Subsample),
            ["colsample_bytree"] = Number(ColumnSampleByTree),
            ["reg_lambda"] = Number(RegLambda),
            ["seed"] = Number(Seed),
            ["tree_method"] = "hist",
            ["nthread"] = "1",
            ["verbosity"] = "0",
            ["disable_default_eval_metric"] = "1",
        };
        AddUnlessUsual("reg_alpha", RegAlpha, 0);
        AddUnlessUsual("gamma", Gamma, 0);
        AddUnlessUsual("max_bin", MaxBin, 256);
        AddUnlessUsual("max_delta_step", MaxDeltaStep, 0);
        if (Objective == XGBoostObjective.BinaryLogistic)
        {
            settings["scale_pos_weight"] = Number(ScalePosWeight);
        }

        if (Objective == XGBoostObjective.MultiSoftprob)
        {
            settings["num_class"] = Number(Classes);
        }

        if (Objective == XGBoostObjective.Tweedie)
        {
            settings["tweedie_variance_power"] = Number(TweediePower);
        }

        if (MaxLeaves > 0)
        {
            settings["max_leaves"] = Number(MaxLeaves);
            settings["grow_policy"] = "lossguide";
        }

        if (Monotone.Any(m => m != 0))
        {
            settings["monotone_constraints"] = $"({string.Join(',', Monotone)})";
        }

        return settings;

        void AddUnlessUsual(string name, double value, double usual)
        {
            if (value != usual)
            {
                settings[name] = Number(value);
            }
        }
    }

    private static string Number<T>(T value)
        where T : IFormattable => value.ToString(null, CultureInfo.InvariantCulture);
}
