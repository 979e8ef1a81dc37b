namespace Flyball.Training.Tracking.Search;

/// <summary>One term of an order.</summary>
public sealed record SearchOrder(SearchField Field, bool Descending);
