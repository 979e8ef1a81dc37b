namespace Flyball.Training.Tracking.Search;

/// <summary>How a comparison compares.</summary>
public enum SearchOperator
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,

    /// <summary><c>%</c> stands for any text and <c>_</c> for one character; upper and lower case differ.</summary>
    Like,

    /// <summary>The same, with ASCII letters of either case.</summary>
    ILike,
    In,
    NotIn,
}
