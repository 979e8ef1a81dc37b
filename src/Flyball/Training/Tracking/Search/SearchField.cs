namespace Flyball.Training.Tracking.Search;

/// <summary>A name in a filter or an order.</summary>
/// <param name="Kind">What it belongs to.</param>
/// <param name="Key">The key, or an attribute's own name whatever alias was written.</param>
public sealed record SearchField(SearchKind Kind, string Key);
