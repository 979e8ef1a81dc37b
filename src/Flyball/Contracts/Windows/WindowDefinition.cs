namespace Flyball.Contracts.Windows;

/// <summary>When the window over the small requests of a source closes, as the schema object's custom property <c>window</c> says: at whichever comes first.</summary>
public sealed record WindowDefinition
{
    /// <summary>Rows of a window.</summary>
    public int Rows { get; init; } = 2_000;

    /// <summary>Periods of absolute time; a window that is too small to be judged goes on into the next.</summary>
    public long PeriodMicros { get; init; } = 3_600_000_000;
}
