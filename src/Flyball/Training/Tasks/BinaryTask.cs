namespace Flyball.Training.Tasks;

/// <summary>Is it so? The score is the probability that it is.</summary>
internal sealed class BinaryTask : ModelTask
{
    public override string Name => "binary-classification";

    public override string Headline => "roc_auc";

    public override bool HigherIsBetter => true;

    public override IReadOnlyList<string> Objectives { get; } = ["binary:logistic"];

    public override IReadOnlyList<string> Baselines { get; } = ["prior"];

    public override bool HasClasses => true;

    public override bool IsProbability => true;

    public override int FewestOfClass => 10;

    public override string? Refuse(double label) => label is 0 or 1 ? null : "is neither 0 nor 1";
}
