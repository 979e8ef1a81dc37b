using Flyball.Engine.Time;

namespace Flyball.Engine.Expressions;

/// <summary>Instants on the calendar of one zone. What lies outside the years 1 to 9999 is null.</summary>
internal sealed class CalendarClock(TimeZoneInfo? zone)
{
    private const int MonthsPerQuarter = 3;

    /// <summary>UTC.</summary>
    public static CalendarClock Universal { get; } = new(null);

    /// <summary>The clock of an optional constant argument that binding has checked.</summary>
    public static CalendarClock Of(ReadOnlySpan<Node> arguments, int zoneAt) =>
        arguments.Length > zoneAt ? new(TimeZones.Find(((ConstantNode)arguments[zoneAt]).Value.Text)!) : Universal;

    public bool TryRead(long micros, out DateTime local)
    {
        local = default;
        var ticks = ((Int128)micros * TimeSpan.TicksPerMicrosecond) + DateTime.UnixEpoch.Ticks;
        if (ticks < DateTime.MinValue.Ticks || ticks > DateTime.MaxValue.Ticks)
        {
            return false;
        }

        var utc = new DateTime((long)ticks, DateTimeKind.Utc);
        local = zone is null ? utc : TimeZoneInfo.ConvertTimeFromUtc(utc, zone);
        return true;
    }

    public Value Part(long micros, Func<DateTime, long> part) => TryRead(micros, out var local) ? Value.FromInteger(part(local)) : Value.Null;

    /// <summary>The start of the unit that holds the instant; weeks start on Monday.</summary>
    public Value Truncate(long micros, CalendarUnit unit)
    {
        if (!TryRead(micros, out var local))
        {
            return Value.Null;
        }

        var day = local.Date;
        return ToInstant(micros, local, unit switch
        {
            CalendarUnit.Year => new DateTime(local.Year, 1, 1),
            CalendarUnit.Quarter => new DateTime(local.Year, ((local.Month - 1) / MonthsPerQuarter * MonthsPerQuarter) + 1, 1),
            CalendarUnit.Month => new DateTime(local.Year, local.Month, 1),
            CalendarUnit.Week => day.AddDays(-Math.Min((int)(day - DateTime.MinValue).TotalDays, CalendarFunctions.IsoDay(local) - 1)),
            CalendarUnit.Day => day,
            _ => new DateTime(local.Ticks - (local.Ticks % (CalendarUnits.FixedMicros(unit) * TimeSpan.TicksPerMicrosecond))),
        });
    }

    /// <summary>So many units later on the calendar: a month from 31 January is the end of February, a day keeps the time of day.</summary>
    public Value Add(long micros, long count, CalendarUnit unit)
    {
        if (CalendarUnits.FixedMicros(unit) is not 0 and var length)
        {
            var sum = micros + ((Int128)count * length);
            return sum >= long.MinValue && sum <= long.MaxValue ? Value.FromTimestamp((long)sum) : Value.Null;
        }

        // More than ten thousand years of days leave the calendar anyway.
        if (!TryRead(micros, out var local) || count is < -4_000_000 or > 4_000_000)
        {
            return Value.Null;
        }

        try
        {
            return ToInstant(micros, local, unit switch
            {
                CalendarUnit.Day => local.AddDays(count),
                CalendarUnit.Week => local.AddDays(count * 7),
                CalendarUnit.Month => AddMonths(local, count),
                CalendarUnit.Quarter => AddMonths(local, count * MonthsPerQuarter),
                _ => AddMonths(local, count * 12),
            });
        }
        catch (ArgumentOutOfRangeException)
        {
            return Value.Null;
        }
    }

    /// <summary>How many starts of the unit lie between; negative when the second instant is the earlier.</summary>
    public Value Difference(long from, long to, CalendarUnit unit)
    {
        if (CalendarUnits.FixedMicros(unit) is not 0 and var length)
        {
            var units = (Int128)FloorOf(to, length) - FloorOf(from, length);
            return units >= long.MinValue && units <= long.MaxValue ? Value.FromInteger((long)units) : Value.Null;
        }

        return TryRead(from, out var a) && TryRead(to, out var b) ? Value.FromInteger(Ordinal(b, unit) - Ordinal(a, unit)) : Value.Null;
    }

    private static DateTime AddMonths(DateTime local, long months) => months is < -120_000 or > 120_000
        ? throw new ArgumentOutOfRangeException(nameof(months))
        : local.AddMonths((int)months);

    private static long FloorOf(long micros, long length) => Math.DivRem(micros, length, out var rest) - (rest < 0 ? 1 : 0);

    private static long Ordinal(DateTime local, CalendarUnit unit) => unit switch
    {
        CalendarUnit.Year => local.Year,
        CalendarUnit.Quarter => (local.Year * 4L) + ((local.Month - 1) / MonthsPerQuarter),
        CalendarUnit.Month => (local.Year * 12L) + local.Month,
        // Day 0 of the calendar, 0001-01-01, was a Monday.
        CalendarUnit.Week => local.Ticks / TimeSpan.TicksPerDay / 7,
        _ => local.Ticks / TimeSpan.TicksPerDay,
    };

    private Value ToInstant(long micros, DateTime local, DateTime wanted)
    {
        if (zone is null)
        {
            return Value.FromTimestamp(Clock.ToMicros(new DateTimeOffset(DateTime.SpecifyKind(wanted, DateTimeKind.Utc))));
        }

        var utc = (micros * TimeSpan.TicksPerMicrosecond) + DateTime.UnixEpoch.Ticks;
        var instant = TimeZones.ToUtc(wanted, zone, new TimeSpan(local.Ticks - utc));
        return Value.FromTimestamp(Clock.ToMicros(new DateTimeOffset(DateTime.SpecifyKind(instant, DateTimeKind.Utc))));
    }
}
