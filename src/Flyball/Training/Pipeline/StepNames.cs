namespace Flyball.Training.Pipeline;

/// <summary>The steps of a run, in order.</summary>
public static class StepNames
{
    public const string Extract = "extract";
    public const string Features = "features";
    public const string Verify = "verify";
    public const string Validate = "validate";
    public const string Leakage = "leakage";
    public const string Train = "train";
    public const string Evaluate = "evaluate";
    public const string Backtest = "backtest";
    public const string Package = "package";
    public const string Register = "register";
}
