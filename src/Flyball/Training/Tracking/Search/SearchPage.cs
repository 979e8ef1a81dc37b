namespace Flyball.Training.Tracking.Search;

/// <summary>One page of what was found.</summary>
/// <param name="Found">In the order that was asked for.</param>
/// <param name="NextPage">What to ask for the next page with; null on the last.</param>
public sealed record SearchPage<T>(IReadOnlyList<T> Found, string? NextPage);
