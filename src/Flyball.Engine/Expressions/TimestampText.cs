using System.Globalization;
using Flyball.Engine.Time;

namespace Flyball.Engine.Expressions;

/// <summary>Points in time as users write them in an expression: a date, or RFC 3339; without an offset it is UTC.</summary>
internal static class TimestampText
{
    private static readonly string[] Forms =
    [
        "yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFK", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd'T'HH:mmK",
    ];

    public static bool TryParse(string text, out EventTime time)
    {
        var good = DateTimeOffset.TryParseExact(text, Forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at);
        time = good ? EventTime.From(at) : default;
        return good;
    }
}
