using System.Globalization;

namespace Flyball.Engine.Expressions;

/// <summary>Lengths of time as users write them: a whole number and a unit, <c>500ms 30s 15m 6h 7d 2w</c>.</summary>
public static class DurationText
{
    /// <summary>The longest length that is read: 100 years of 365 days.</summary>
    public const long MaxMicros = 36_500 * Time.Clock.MicrosPerDay;

    internal const string Units = "us, ms, s, m (minutes), h, d, w";

    private static readonly (string Unit, long Micros)[] Ladder =
    [
        ("d", Time.Clock.MicrosPerDay), ("h", 3_600_000_000), ("m", 60_000_000), ("s", 1_000_000), ("ms", 1_000), ("us", 1),
    ];

    /// <summary>Reads digits followed by a unit, nothing else; false for an unknown unit and for more than <see cref="MaxMicros"/>.</summary>
    public static bool TryParse(string? text, out long micros)
    {
        micros = 0;
        if (text is null)
        {
            return false;
        }

        var digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        return digits > 0
            && TryGetUnit(text[digits..], out var unit)
            && TryScale(text.AsSpan(0, digits), unit, out micros);
    }

    /// <summary>The shortest exact form with the largest unit up to days: 86400 s is <c>1d</c>, 90 minutes are <c>90m</c>.</summary>
    public static string Format(long micros)
    {
        foreach (var (unit, length) in Ladder)
        {
            if (micros % length == 0 && (micros != 0 || length == 1_000_000))
            {
                return (micros / length).ToString(CultureInfo.InvariantCulture) + unit;
            }
        }

        throw new ArgumentOutOfRangeException(nameof(micros));
    }

    internal static bool TryGetUnit(string unit, out long micros)
    {
        micros = string.Equals(unit, "w", StringComparison.Ordinal) ? 7 * Time.Clock.MicrosPerDay : 0;
        foreach (var (known, length) in Ladder)
        {
            micros = string.Equals(unit, known, StringComparison.Ordinal) ? length : micros;
        }

        return micros != 0;
    }

    internal static bool TryScale(ReadOnlySpan<char> digits, long unit, out long micros)
    {
        micros = 0;
        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > MaxMicros / unit)
        {
            return false;
        }

        micros = number * unit;
        return true;
    }
}
