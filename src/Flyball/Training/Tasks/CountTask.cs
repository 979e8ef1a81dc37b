namespace Flyball.Training.Tasks;

/// <summary>How many are there? The score is the expected number, above 0.</summary>
internal sealed class CountTask : ModelTask
{
    public override string Name => "count";

    public override string Headline => "poisson_deviance";

    public override bool HigherIsBetter => false;

    public override IReadOnlyList<string> Objectives { get; } = ["count:poisson", "reg:tweedie", "reg:squarederror", "reg:squaredlogerror"];

    public override IReadOnlyList<string> Baselines { get; } = ["mean", "last-value", "seasonal-naive"];

    public override string? Refuse(double label) => double.IsFinite(label) && label >= 0 && label == Math.Floor(label) ? null : "is no whole number from 0 up";
}
