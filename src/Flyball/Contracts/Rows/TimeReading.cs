namespace Flyball.Contracts.Rows;

/// <summary>How the reading of a time ended.</summary>
internal enum TimeReading
{
    Good,

    /// <summary>Not in the form, or not in the calendar.</summary>
    Malformed,

    /// <summary>A local time that the clocks of its zone skip.</summary>
    Skipped,
}
