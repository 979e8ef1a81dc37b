namespace Flyball.Training.XGBoost;

/// <summary>What the sum of the trees means, and so how it becomes a score.</summary>
public enum XGBoostObjective
{
    /// <summary><c>binary:logistic</c>: log-odds; the score is a probability.</summary>
    BinaryLogistic,

    /// <summary><c>reg:squarederror</c>: the score itself.</summary>
    SquaredError,
}
