using System.Globalization;
using Flyball.Engine.Problems;
using Flyball.Native.XGBoost;
using Flyball.Training.Datasets;
using Flyball.Training.Tasks;
using Flyball.Training.XGBoost;

namespace Flyball.Training.Trainers;

/// <summary>Gradient-boosted trees by the XGBoost library, on one thread; packaged as an ONNX tree ensemble.</summary>
internal sealed class XGBoostTreesTrainer : ITrainer
{
    private const string EarlyStopping = "early_stopping";

    public string Name => "xgboost";

    public bool TakesObjective => true;

    public IReadOnlyList<TrainerParameter> Parameters { get; } =
    [
        TrainerParameter.Whole("rounds", 200, 1, 5000),
        TrainerParameter.Whole("max_depth", 6, 1, 16),
        TrainerParameter.Real("learning_rate", 0.1, 1e-4, 1),
        TrainerParameter.Real("min_child_weight", 1, 0, 1e6),
        TrainerParameter.Real("subsample", 1, 0.01, 1),
        TrainerParameter.Real("column_sample", 1, 0.01, 1),
        TrainerParameter.Real("lambda", 1, 0, 1e6),
        TrainerParameter.Real("alpha", 0, 0, 1e6),
        TrainerParameter.Real("gamma", 0, 0, 1e6),
        TrainerParameter.Whole("max_bin", 256, 2, 65_536),
        TrainerParameter.Whole("max_leaves", 0, 0, 65_536),
        TrainerParameter.Real("max_delta_step", 0, 0, 1e6),
        TrainerParameter.Real("tweedie_power", 1.5, 1.01, 1.99),
        TrainerParameter.Real("scale_positive", 1, 1e-3, 1e6),
        TrainerParameter.Whole(EarlyStopping, 0, 0, 5000),
    ];

    public TrainerOutput Train(TrainerInput input)
    {
        var (objective, names) = (XGBoostObjectives.Named(input.Definition.Objective)!.Value, input.Names);
        var trained = XGBoostTrainer.Train(
            ParametersOf(input, objective), names, Rows(input.Train, names.Count, objective), Rows(input.Validation, names.Count, objective));
        var onnx = XGBoostToOnnx.Convert(XGBoostTreeModel.Parse(trained.Json), names);
        using var booster = XGBoostBooster.Load(trained.Json.Span);
        var check = PackagingCheck.Compare(booster, onnx, input.Test.Features, names.Count);
        if (check.Problem is { } problem)
        {
            throw new FlyballException(problem);
        }

        var gain = trained.Importance.Sum(i => i.TotalGain);
        return new TrainerOutput(
            onnx,
            new Dictionary<string, byte[]>(StringComparer.Ordinal) { [Bundles.ModelBundle.XGBoostName] = trained.Json.ToArray() },
            trained.Importance.ToDictionary(i => i.Feature, i => gain > 0 ? i.TotalGain / gain : 0, StringComparer.Ordinal),
            check.MaxDifference,
            string.Create(CultureInfo.InvariantCulture, $"{trained.Rounds} trees; packaged scores within {check.MaxDifference:G2} of the trained model's, {check.BitEqual} of {input.Test.Rows * input.Outputs} bit-equal"))
        {
            TestScores = check.Packaged,
        };
    }

    private static XGBoostParameters ParametersOf(TrainerInput input, XGBoostObjective objective)
    {
        var definition = input.Definition;
        return new XGBoostParameters
        {
            Objective = objective,
            Classes = objective == XGBoostObjective.MultiSoftprob ? input.Outputs : 0,
            Rounds = (int)definition["rounds"],
            MaxDepth = (int)definition["max_depth"],
            LearningRate = definition["learning_rate"],
            MinChildWeight = definition["min_child_weight"],
            Subsample = definition["subsample"],
            ColumnSampleByTree = definition["column_sample"],
            RegLambda = definition["lambda"],
            RegAlpha = definition["alpha"],
            Gamma = definition["gamma"],
            MaxBin = (int)definition["max_bin"],
            MaxLeaves = (int)definition["max_leaves"],
            MaxDeltaStep = definition["max_delta_step"],
            TweediePower = definition["tweedie_power"],
            ScalePosWeight = definition["scale_positive"],
            Monotone = [.. input.Names.Select(n => definition.Monotone.GetValueOrDefault(n))],
            Seed = definition.Seed,
            EarlyStoppingRounds = definition[EarlyStopping] > 0 ? (int)definition[EarlyStopping] : null,
        };
    }

    /// <summary>The rows of a part; of a ranking group by group, because the library wants them so.</summary>
    private static LabelledRows Rows(TrainingPart part, int width, XGBoostObjective objective)
    {
        if (!objective.IsRanking())
        {
            return new LabelledRows(part.Features, width, part.Labels, part.Weights is { } weights ? weights.AsMemory() : (ReadOnlyMemory<float>?)null);
        }

        var groups = RankingGroups.Of(part.Groups);
        var features = new float[part.Features.Length];
        for (var i = 0; i < groups.Order.Length; i++)
        {
            part.Features.AsSpan(groups.Order[i] * width, width).CopyTo(features.AsSpan(i * width));
        }

        return new LabelledRows(features, width, groups.Order.Select(i => part.Labels[i]).ToArray()) { Groups = groups.Sizes };
    }
}
