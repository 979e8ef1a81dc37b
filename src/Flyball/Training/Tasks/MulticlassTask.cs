namespace Flyball.Training.Tasks;

/// <summary>Which of several classes is it? There is one probability a class.</summary>
internal sealed class MulticlassTask : ModelTask
{
    public override string Name => "multiclass-classification";

    public override string Headline => "log_loss";

    public override bool HigherIsBetter => false;

    public override IReadOnlyList<string> Objectives { get; } = ["multi:softprob"];

    public override IReadOnlyList<string> Baselines { get; } = ["prior"];

    public override bool HasClasses => true;

    public override bool HasSeveralOutputs => true;

    public override int FewestOfClass => 2;

    public override string? Refuse(double label) => label >= 0 && label == Math.Floor(label) ? null : "is the number of no class";
}
