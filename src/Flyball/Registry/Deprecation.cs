using System.Globalization;

namespace Flyball.Registry;

/// <summary>That the users of a version are to move on.</summary>
/// <param name="Since">When they were told.</param>
/// <param name="Sunset">When it may stop to answer; null when nobody has said.</param>
/// <param name="Note">What they are told; null for nothing.</param>
public sealed record Deprecation(DateTimeOffset Since, DateTimeOffset? Sunset, string? Note)
{
    internal const string SinceTag = "flyball.deprecated";
    internal const string SunsetTag = "flyball.sunset";
    internal const string NoteTag = "flyball.deprecation_note";

    private const string Form = "yyyy-MM-dd'T'HH:mm:ss'Z'";
    private const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;

    /// <summary>The end of a day in UTC, or an instant of it, as people write it: <c>2026-12-31</c> or <c>2026-12-31T18:00:00Z</c>.</summary>
    public static bool TryParseSunset(string text, out DateTimeOffset sunset)
    {
        if (DateTimeOffset.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, Utc, out sunset))
        {
            sunset = sunset.AddDays(1).AddSeconds(-1);
            return true;
        }

        return DateTimeOffset.TryParseExact(text, Form, CultureInfo.InvariantCulture, Utc, out sunset);
    }

    /// <summary>From a version's tags; null when it is not deprecated.</summary>
    internal static Deprecation? Of(IReadOnlyDictionary<string, string> tags) =>
        tags.TryGetValue(SinceTag, out var since) && DateTimeOffset.TryParseExact(since, Form, CultureInfo.InvariantCulture, Utc, out var told)
            ? new Deprecation(
                told,
                tags.TryGetValue(SunsetTag, out var ends) && DateTimeOffset.TryParseExact(ends, Form, CultureInfo.InvariantCulture, Utc, out var sunset) ? sunset : null,
                tags.GetValueOrDefault(NoteTag))
            : null;

    internal static string TextOf(DateTimeOffset instant) => instant.ToString(Form, CultureInfo.InvariantCulture);
}
