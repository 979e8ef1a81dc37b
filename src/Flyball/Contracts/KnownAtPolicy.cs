namespace Flyball.Contracts;

/// <summary>Where a row's known-at comes from.</summary>
public enum KnownAtPolicy
{
    /// <summary>The log assigns it at append: the truth for live rows.</summary>
    Assigned,

    /// <summary>An import of history states that each row was known as soon as it was true.</summary>
    EventTime,
}
