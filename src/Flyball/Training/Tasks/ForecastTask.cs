namespace Flyball.Training.Tasks;

/// <summary>How much will it be? A regression on what was known before: its rows are split by time, and it is judged from several origins too.</summary>
internal sealed class ForecastTask : ModelTask
{
    public override string Name => "forecast";

    public override string Headline => "rmse";

    public override bool HigherIsBetter => false;

    public override IReadOnlyList<string> Objectives { get; } = ["reg:squarederror", "reg:absoluteerror", "reg:squaredlogerror", "reg:gamma", "reg:tweedie", "count:poisson"];

    public override IReadOnlyList<string> Baselines { get; } = ["seasonal-naive", "last-value", "mean"];

    public override string? Refuse(double label) => double.IsFinite(label) ? null : "is not finite";
}
