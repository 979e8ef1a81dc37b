using Flyball.Engine.Time;

namespace Flyball.Contracts.Rows;

/// <summary>The numbers of a written time, before anything says that they are one.</summary>
internal struct TimeParts
{
    public int Year;
    public int Month;
    public int Day;
    public int Hour;
    public int Minute;
    public int Second;
    public int Micros;

    /// <summary>0 for the first half of a day of two times twelve hours, 1 for the second; -1 where the hour is of 24.</summary>
    public int Half;

    public bool HasOffset;
    public int OffsetSeconds;

    public static TimeParts Empty => new() { Year = 1970, Month = 1, Day = 1, Half = -1 };

    public readonly bool IsTimeOfDay => Hour is >= 0 and <= 23 && Minute is >= 0 and <= 59 && Second is >= 0 and <= 59 && (Half < 0 || Hour is >= 1 and <= 12);

    public readonly long MicrosOfDay => ((((Hours * 60L) + Minute) * 60) + Second) * 1_000_000 + Micros;

    private readonly int Hours => Half < 0 ? Hour : (Hour % 12) + (12 * Half);

    /// <summary>The wall clock's microseconds since 1970-01-01T00:00; false for what no calendar has.</summary>
    public readonly bool TryToLocal(out long local)
    {
        local = 0;
        if (!IsTimeOfDay || Year is < 1 or > 9999 || Month is < 1 or > 12 || Day < 1 || Day > DateTime.DaysInMonth(Year, Month))
        {
            return false;
        }

        local = Clock.ToMicros(new DateTimeOffset(Year, Month, Day, 0, 0, 0, TimeSpan.Zero)) + MicrosOfDay;
        return true;
    }
}
