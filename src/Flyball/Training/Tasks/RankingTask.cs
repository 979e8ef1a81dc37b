namespace Flyball.Training.Tasks;

/// <summary>In which order? Rows of one group are compared with each other; the score has no unit, larger stands first.</summary>
internal sealed class RankingTask : ModelTask
{
    public override string Name => "ranking";

    public override string Headline => "ndcg";

    public override bool HigherIsBetter => true;

    public override IReadOnlyList<string> Objectives { get; } = ["rank:ndcg", "rank:pairwise"];

    public override IReadOnlyList<string> Baselines { get; } = ["mean"];

    public override string? Refuse(double label) => double.IsFinite(label) && label is >= 0 and <= 31 && label == Math.Floor(label) ? null : "is no grade from 0 to 31";
}
