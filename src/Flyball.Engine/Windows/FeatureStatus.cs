namespace Flyball.Engine.Windows;

/// <summary>Why a feature has the value it has; the same in serving, training and replay.</summary>
public enum FeatureStatus
{
    /// <summary>There is a value.</summary>
    Present,

    /// <summary>No row of the entity is visible at the instant.</summary>
    NotFound,

    /// <summary>Rows lie in the feature's windows, and its value is null.</summary>
    NullValue,

    /// <summary>The entity has rows, all of them older than the feature looks; the value is withheld.</summary>
    OutsideMaxAge,

    /// <summary>More values than an exact aggregate may hold; its value is null.</summary>
    OverCap,
}
