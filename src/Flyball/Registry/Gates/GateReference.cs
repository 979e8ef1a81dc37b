namespace Flyball.Registry.Gates;

/// <summary>Whose figure a relative bound begins from.</summary>
public enum GateReference
{
    /// <summary>Nobody's: the bound is a number.</summary>
    None,

    /// <summary>The version in production.</summary>
    Champion,

    /// <summary>The version that was champion before it.</summary>
    Previous,

    /// <summary>The simplest model, which is made beside every one.</summary>
    Baseline,
}
