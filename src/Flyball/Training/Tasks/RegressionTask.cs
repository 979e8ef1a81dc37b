namespace Flyball.Training.Tasks;

/// <summary>How much is it? The score is a number in the label's unit.</summary>
internal sealed class RegressionTask : ModelTask
{
    public override string Name => "regression";

    public override string Headline => "rmse";

    public override bool HigherIsBetter => false;

    public override IReadOnlyList<string> Objectives { get; } = ["reg:squarederror", "reg:absoluteerror", "reg:squaredlogerror", "reg:gamma", "reg:tweedie", "count:poisson"];

    public override IReadOnlyList<string> Baselines { get; } = ["mean", "last-value", "seasonal-naive"];

    public override string? Refuse(double label) => double.IsFinite(label) ? null : "is not finite";
}
