namespace Flyball.Training.XGBoost;

/// <summary>What is known of the objectives: their names in the library, their links, which labels they take.</summary>
internal static class XGBoostObjectives
{
    private static readonly (string Name, XGBoostObjective Objective)[] Known =
    [
        ("binary:logistic", XGBoostObjective.BinaryLogistic),
        ("reg:squarederror", XGBoostObjective.SquaredError),
        ("multi:softprob", XGBoostObjective.MultiSoftprob),
        ("reg:absoluteerror", XGBoostObjective.AbsoluteError),
        ("reg:squaredlogerror", XGBoostObjective.SquaredLogError),
        ("reg:gamma", XGBoostObjective.Gamma),
        ("reg:tweedie", XGBoostObjective.Tweedie),
        ("count:poisson", XGBoostObjective.Poisson),
        ("rank:pairwise", XGBoostObjective.RankPairwise),
        ("rank:ndcg", XGBoostObjective.RankNdcg),
    ];

    public static IReadOnlyList<string> Names { get; } = [.. Known.Select(k => k.Name)];

    public static string NameOf(XGBoostObjective objective) => Known.First(k => k.Objective == objective).Name;

    public static XGBoostObjective? Named(string? name) => Known.Where(k => k.Name == name).Select(k => (XGBoostObjective?)k.Objective).FirstOrDefault();

    public static bool IsRanking(this XGBoostObjective objective) => objective is XGBoostObjective.RankPairwise or XGBoostObjective.RankNdcg;

    /// <summary>The score is the exponential of the sum.</summary>
    public static bool HasLogLink(this XGBoostObjective objective) => objective is XGBoostObjective.Gamma or XGBoostObjective.Tweedie or XGBoostObjective.Poisson;

    /// <summary>What is wrong with a label; null when it can be learned.</summary>
    public static string? Refuse(this XGBoostObjective objective, float label, int classes) => objective switch
    {
        XGBoostObjective.BinaryLogistic => label is 0f or 1f ? null : "0 or 1",
        XGBoostObjective.MultiSoftprob => label >= 0 && label < classes && label == MathF.Floor(label) ? null : "the number of a class",
        XGBoostObjective.Gamma => label > 0 && float.IsFinite(label) ? null : "a number above 0",
        XGBoostObjective.Tweedie or XGBoostObjective.Poisson or XGBoostObjective.RankNdcg => label >= 0 && float.IsFinite(label) ? null : "a number from 0 up",
        XGBoostObjective.SquaredLogError => label > -1 && float.IsFinite(label) ? null : "a number above -1",
        _ => float.IsFinite(label) ? null : "a finite number",
    };

    /// <summary>Where the sum of the trees starts, in float32 as the library computes it from the base score.</summary>
    public static float MarginOf(this XGBoostObjective objective, float baseScore) =>
        objective == XGBoostObjective.BinaryLogistic ? -MathF.Log((1f / baseScore) - 1f)
        : objective.HasLogLink() ? MathF.Log(baseScore)
        : baseScore;

    public static bool TakesBase(this XGBoostObjective objective, float baseScore) =>
        float.IsFinite(baseScore) && (objective != XGBoostObjective.BinaryLogistic || baseScore is > 0 and < 1) && (!objective.HasLogLink() || baseScore > 0);
}
