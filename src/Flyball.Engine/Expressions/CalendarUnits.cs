namespace Flyball.Engine.Expressions;

internal enum CalendarUnit
{
    Microsecond,
    Millisecond,
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

/// <summary>The units of the calendar by name.</summary>
internal static class CalendarUnits
{
    public static readonly string[] All = ["microsecond", "millisecond", "second", "minute", "hour", "day", "week", "month", "quarter", "year"];

    public static string Listed => string.Join(", ", All.Select(name => $"'{name}'"));

    public static CalendarUnit? Find(string name)
    {
        var index = Array.FindIndex(All, known => known.Equals(name, StringComparison.OrdinalIgnoreCase));
        return index < 0 ? null : (CalendarUnit)index;
    }

    /// <summary>Microseconds of a unit that always has as many; 0 for those whose length varies (a day has 23 to 25 hours in some zones).</summary>
    public static long FixedMicros(CalendarUnit unit) => unit switch
    {
        CalendarUnit.Microsecond => 1,
        CalendarUnit.Millisecond => 1_000,
        CalendarUnit.Second => 1_000_000,
        CalendarUnit.Minute => 60_000_000,
        CalendarUnit.Hour => 3_600_000_000,
        _ => 0,
    };
}
