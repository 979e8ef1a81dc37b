using Flyball.Contracts.Quality;

namespace Flyball.Contracts.Windows;

/// <summary>A window that waits to be judged.</summary>
/// <param name="Observation">What its rows showed.</param>
/// <param name="KnownAt">When its last row was known, in microseconds.</param>
internal sealed record ClosedWindow(BatchObservation Observation, long KnownAt);
