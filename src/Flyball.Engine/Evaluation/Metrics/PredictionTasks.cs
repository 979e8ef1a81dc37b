namespace Flyball.Engine.Evaluation.Metrics;

/// <summary>What a model predicts, as a set: a metric applies to one task or to several.</summary>
[Flags]
public enum PredictionTasks
{
    None = 0,

    /// <summary>A probability of one outcome.</summary>
    Binary = 1,

    /// <summary>A probability for each of several classes.</summary>
    Multiclass = 2,

    /// <summary>A number.</summary>
    Regression = 4,

    /// <summary>A number of events, not negative.</summary>
    Count = 8,

    /// <summary>A number at a later time.</summary>
    Forecast = 16,

    /// <summary>An order of the rows of each query.</summary>
    Ranking = 32,

    /// <summary>The tasks whose prediction is a number to be met.</summary>
    Numeric = Regression | Count | Forecast,

    /// <summary>The tasks that choose among classes.</summary>
    Classification = Binary | Multiclass,
}
