namespace Flyball.Contracts.Quality;

/// <summary>Between which event times the rows of a reference lay.</summary>
/// <param name="First">The oldest event, in microseconds.</param>
/// <param name="Last">The newest.</param>
/// <param name="Ahead">Rows whose event lay more than a day after they were known.</param>
/// <param name="Rows">Of how many.</param>
public sealed record EventTimeReference(long First, long Last, long Ahead, long Rows)
{
    /// <summary>An event before this one is older than the reference by more than the reference is long, and by a day at least.</summary>
    internal long Oldest => First - Math.Max(Last - First, Engine.Time.Clock.MicrosPerDay);
}
