namespace Flyball.Contracts.Profiles;

/// <summary>What the days of a source may take.</summary>
/// <param name="Open">Days in memory.</param>
internal sealed record DayLimits(int Open)
{
    /// <summary>Days near the time of arrival, on both sides: a year, and its leap day.</summary>
    private const int Near = 366;

    /// <summary>Days of their own, wherever they are; near ones may be so many again. More than thirteen years.</summary>
    public int Days { get; init; } = 5_000;

    /// <summary>Rows that may wait for their day.</summary>
    public int Waiting { get; init; } = 65_536;

    /// <summary>Days that may have rows waiting when there is no more room and the log waits: more, and the profile stays behind until the next start.</summary>
    public int WaitingDays { get; init; } = 1_024;

    /// <summary>Whether a day gets a profile of its own beside those that there are.</summary>
    public bool Admits(int known, long distance) => known < Days || (distance <= Near && known < 2 * Days);
}
