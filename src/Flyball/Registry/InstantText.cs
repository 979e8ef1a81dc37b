using System.Globalization;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;

namespace Flyball.Registry;

/// <summary>Instants as people name them: RFC 3339 with a zone, or a date, which means the end of that day in UTC.</summary>
internal static class InstantText
{
    private static readonly string[] Forms =
    [
        "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK",
    ];

    /// <param name="now">A date of today means now; an instant after it is refused, because nobody knows it yet.</param>
    /// <exception cref="FlyballException">FLY3335: it is no instant, or one to come.</exception>
    public static EventTime Parse(string text, EventTime now)
    {
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) && date < DateOnly.MaxValue)
        {
            var end = EventTime.From(new DateTimeOffset(date.AddDays(1).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero)).Micros - 1;
            var start = end - Clock.MicrosPerDay + 1;
            return start <= now.Micros ? new EventTime(Math.Min(end, now.Micros)) : throw ToCome(text);
        }

        if (!DateTimeOffset.TryParseExact(text, Forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            || !(text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > text.IndexOf('T', StringComparison.Ordinal)))
        {
            throw new FlyballException(new Problem(
                "FLY3335", "as_of is neither an instant nor a date.", new ProblemLocation(Field: "as_of"), "Write 2026-03-01T12:00:00Z, or 2026-03-01 for the end of that day in UTC."));
        }

        var instant = EventTime.From(at);
        return instant <= now ? instant : throw ToCome(text);
    }

    private static FlyballException ToCome(string text) => new(new Problem(
        "FLY3335", $"{text} is still to come.", new ProblemLocation(Field: "as_of"), "Ask for an instant up to now."));
}
