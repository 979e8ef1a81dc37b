using Flyball.Engine.Time;

namespace Flyball.Contracts.Rows;

/// <summary>
/// Timestamps of RFC 3339, years 1 to 9999, to and from microseconds since the Unix epoch, UTC. An offset or <c>Z</c> is required;
/// a second of 60 is refused; fraction digits after the sixth are dropped.
/// </summary>
internal static class Rfc3339
{
    /// <summary>Length of the longest text that <see cref="Write"/> makes.</summary>
    public const int LongestText = 27;

    private const long MicrosPerSecond = 1_000_000;
    private const int MostFractionDigits = 9;

    private static readonly long Earliest = Clock.ToMicros(DateTimeOffset.MinValue);
    private static readonly long Latest = Clock.ToMicros(DateTimeOffset.MaxValue);

    public static bool TryRead(ReadOnlySpan<byte> text, out long micros)
    {
        micros = 0;
        if (text.Length < 20 || text[10] is not ((byte)'T' or (byte)'t') || text[13] != ':' || text[16] != ':'
            || !TryReadDate(text[..10], out var midnight)
            || !TryDigits(text.Slice(11, 2), 23, out var hour)
            || !TryDigits(text.Slice(14, 2), 59, out var minute)
            || !TryDigits(text.Slice(17, 2), 59, out var second)
            || !TryFraction(text[19..], out var fraction, out var used)
            || !TryOffset(text[(19 + used)..], out var offsetMinutes))
        {
            return false;
        }

        micros = midnight + (((((hour * 60L) + minute - offsetMinutes) * 60) + second) * MicrosPerSecond) + fraction;
        return IsInRange(micros);
    }

    /// <summary>Within the years 1 to 9999.</summary>
    public static bool IsInRange(long micros) => micros >= Earliest && micros <= Latest;

    /// <summary>A full date, as its midnight in UTC.</summary>
    public static bool TryReadDate(ReadOnlySpan<byte> text, out long micros)
    {
        micros = 0;
        if (text.Length != 10 || text[4] != '-' || text[7] != '-'
            || !TryDigits(text[..4], 9999, out var year) || !TryDigits(text.Slice(5, 2), 12, out var month) || !TryDigits(text.Slice(8, 2), 31, out var day)
            || year == 0 || month == 0 || day == 0 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        micros = Clock.ToMicros(new DateTimeOffset(year, month, day, 0, 0, 0, TimeSpan.Zero));
        return true;
    }

    /// <summary>Writes the shortest form in UTC, such as <c>2018-04-01T00:07:56.5Z</c>, and returns its length.</summary>
    public static int Write(long micros, Span<byte> into)
    {
        var at = Clock.FromMicros(micros).UtcDateTime;
        var length = WriteDate(micros, into);
        into[length++] = (byte)'T';
        length += WriteDigits(at.Hour, 2, into[length..]);
        into[length++] = (byte)':';
        length += WriteDigits(at.Minute, 2, into[length..]);
        into[length++] = (byte)':';
        length += WriteDigits(at.Second, 2, into[length..]);
        var fraction = (int)(at.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond);
        if (fraction > 0)
        {
            into[length++] = (byte)'.';
            var digits = 6;
            for (; fraction % 10 == 0; fraction /= 10)
            {
                digits--;
            }

            length += WriteDigits(fraction, digits, into[length..]);
        }

        into[length++] = (byte)'Z';
        return length;
    }

    /// <summary>Writes the date in UTC, ten characters.</summary>
    public static int WriteDate(long micros, Span<byte> into)
    {
        var at = Clock.FromMicros(micros).UtcDateTime;
        WriteDigits(at.Year, 4, into);
        into[4] = (byte)'-';
        WriteDigits(at.Month, 2, into[5..]);
        into[7] = (byte)'-';
        WriteDigits(at.Day, 2, into[8..]);
        return 10;
    }

    private static int WriteDigits(int number, int digits, Span<byte> into)
    {
        for (var i = digits - 1; i >= 0; i--, number /= 10)
        {
            into[i] = (byte)('0' + (number % 10));
        }

        return digits;
    }

    private static bool TryFraction(ReadOnlySpan<byte> text, out long micros, out int used)
    {
        (micros, used) = (0, 0);
        if (text.Length == 0 || text[0] != '.')
        {
            return true;
        }

        var digits = text[1..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        if (digits is < 1 or > MostFractionDigits)
        {
            return false;
        }

        var scale = MicrosPerSecond / 10;
        for (var i = 0; i < digits; i++, scale /= 10)
        {
            micros += (text[1 + i] - '0') * scale;
        }

        used = 1 + digits;
        return true;
    }

    private static bool TryOffset(ReadOnlySpan<byte> text, out int minutes)
    {
        minutes = 0;
        if (text.Length == 1)
        {
            return text[0] is (byte)'Z' or (byte)'z';
        }

        if (text.Length != 6 || text[0] is not ((byte)'+' or (byte)'-') || text[3] != ':'
            || !TryDigits(text.Slice(1, 2), 23, out var hours) || !TryDigits(text.Slice(4, 2), 59, out var rest))
        {
            return false;
        }

        minutes = ((hours * 60) + rest) * (text[0] == '-' ? -1 : 1);
        return true;
    }

    private static bool TryDigits(ReadOnlySpan<byte> text, int most, out int number)
    {
        number = 0;
        foreach (var c in text)
        {
            if (c is < (byte)'0' or > (byte)'9')
            {
                return false;
            }

            number = (number * 10) + (c - '0');
        }

        return number <= most;
    }
}
