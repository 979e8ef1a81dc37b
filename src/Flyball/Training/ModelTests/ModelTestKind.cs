namespace Flyball.Training.ModelTests;

/// <summary>What a declared test does to a request, or compares.</summary>
public enum ModelTestKind
{
    /// <summary>Raises a number.</summary>
    Increase,

    /// <summary>Lowers a number.</summary>
    Decrease,

    /// <summary>Puts another of the values that occur in the place of a value.</summary>
    Change,

    /// <summary>Compares with the champion.</summary>
    Regression,
}
