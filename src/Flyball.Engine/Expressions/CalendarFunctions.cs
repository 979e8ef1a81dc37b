using System.Globalization;

namespace Flyball.Engine.Expressions;

/// <summary>Functions of timestamps, in UTC unless a zone is named.</summary>
internal static class CalendarFunctions
{
    private const ParameterKind Instant = ParameterKind.Timestamp;
    private const ParameterKind Zone = ParameterKind.Zone;
    private const ParameterKind Unit = ParameterKind.Unit;

    public static readonly ScalarFunction[] All =
    [
        Part("year", static at => at.Year),
        Part("quarter", static at => ((at.Month - 1) / 3) + 1),
        Part("month", static at => at.Month),
        Part("week", static at => ISOWeek.GetWeekOfYear(at)),
        Part("day", static at => at.Day),
        Part("dayofyear", static at => at.DayOfYear),
        Part("minute", static at => at.Minute),
        Part("second", static at => at.Second),

        // In UTC these two know every instant that 64 bits can hold.
        new("hour", [Instant, Zone], 1, static a => a.Length == 1 ? new IntegerFunction<HourOfDay>(a[0]) : PartOf(a, static at => at.Hour)),
        new("dayofweek", [Instant, Zone], 1, static a => a.Length == 1 ? new IntegerFunction<DayOfIsoWeek>(a[0]) : PartOf(a, static at => IsoDay(at))),

        new("epoch", [Instant], 1, static a => new StrictOne(ScalarType.Number, a[0], static t => Value.FromNumber(t.Bits / 1e6))),
        new("to_timestamp", [ParameterKind.Moment], 1, static a => new StrictOne(ScalarType.Timestamp, a[0], static x => ToTimestamp(x))),
        new("date_trunc", [Unit, Instant, Zone], 2, Truncation),
        new("date_add", [Unit, ParameterKind.Integer, Instant, Zone], 3, Addition),
        new("date_diff", [Unit, Instant, Instant, Zone], 3, Difference),
    ];

    /// <summary>ISO 8601: Monday 1 to Sunday 7.</summary>
    public static int IsoDay(DateTime at) => at.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)at.DayOfWeek;

    private static ScalarFunction Part(string name, Func<DateTime, long> part) => new(name, [Instant, Zone], 1, a => PartOf(a, part));

    private static StrictOne PartOf(Node[] arguments, Func<DateTime, long> part)
    {
        var clock = CalendarClock.Of(arguments, 1);
        return new(ScalarType.Integer, arguments[0], t => clock.Part(t.Bits, part));
    }

    private static StrictOne Truncation(Node[] arguments)
    {
        var (unit, clock) = (UnitOf(arguments), CalendarClock.Of(arguments, 2));
        return new(ScalarType.Timestamp, arguments[1], t => clock.Truncate(t.Bits, unit));
    }

    private static StrictTwo Addition(Node[] arguments)
    {
        var (unit, clock) = (UnitOf(arguments), CalendarClock.Of(arguments, 3));
        return new(ScalarType.Timestamp, arguments[1], arguments[2], (n, t) => clock.Add(t.Bits, n.Bits, unit));
    }

    private static StrictTwo Difference(Node[] arguments)
    {
        var (unit, clock) = (UnitOf(arguments), CalendarClock.Of(arguments, 3));
        return new(ScalarType.Integer, arguments[1], arguments[2], (a, b) => clock.Difference(a.Bits, b.Bits, unit));
    }

    private static CalendarUnit UnitOf(Node[] arguments) => CalendarUnits.Find(((ConstantNode)arguments[0]).Value.Text)!.Value;

    /// <summary>Seconds since 1970 rounded to the microsecond, or text as a cast reads it.</summary>
    private static Value ToTimestamp(in Value x)
    {
        if (x.Kind == ScalarType.Text)
        {
            return Casts.Timestamp(x.Text);
        }

        if (x.Kind == ScalarType.Integer)
        {
            var micros = (Int128)x.Bits * 1_000_000;
            return micros >= long.MinValue && micros <= long.MaxValue ? Value.FromTimestamp((long)micros) : Value.Null;
        }

        var rounded = Casts.Rounded(x.Number * 1e6);
        return rounded.IsNull ? rounded : Value.FromTimestamp(rounded.Bits);
    }
}
