using System.Globalization;
using Flyball.Engine.Time;

namespace Flyball.Contracts.Profiles;

/// <summary>A UTC day, counted from 1970-01-01.</summary>
internal static class ProfileDay
{
    private const string Form = "yyyy-MM-dd";

    private static readonly int Epoch = DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

    public static long Of(EventTime time) => Math.DivRem(time.Micros, Clock.MicrosPerDay, out var rest) - (rest < 0 ? 1 : 0);

    public static string Text(long day) => DateOnly.FromDayNumber((int)(day + Epoch)).ToString(Form, CultureInfo.InvariantCulture);

    public static bool TryParse(string text, out long day)
    {
        var good = DateOnly.TryParseExact(text, Form, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date);
        day = date.DayNumber - Epoch;
        return good;
    }
}
