namespace Flyball.Training.Splits;

/// <summary>What a row is used for.</summary>
public enum SplitPart
{
    /// <summary>Nothing: it is older, in an embargo, or its label may still change.</summary>
    None,

    /// <summary>To learn from.</summary>
    Train,

    /// <summary>To stop early and to calibrate by.</summary>
    Validation,

    /// <summary>To judge by, once.</summary>
    Test,
}
