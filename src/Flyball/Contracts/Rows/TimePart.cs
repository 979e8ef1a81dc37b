namespace Flyball.Contracts.Rows;

/// <summary>One step of a pattern for times.</summary>
internal enum TimePart
{
    Literal,
    Year,
    ShortYear,
    Month,
    MonthName,
    Day,
    DayName,
    Hour,
    HalfHour,
    HalfDay,
    Minute,
    Second,
    Fraction,
    Offset,

    /// <summary>What stands between brackets: there or not.</summary>
    Optional,
}
