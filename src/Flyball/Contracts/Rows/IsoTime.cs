namespace Flyball.Contracts.Rows;

/// <summary>
/// The usual forms of ISO 8601 in one pass: a date; a <c>T</c> or a space; hours and minutes; seconds and a fraction of up to nine digits, of which six count; an
/// offset as <c>Z</c>, <c>+01</c>, <c>+0100</c> or <c>+01:00</c>. Whether the numbers are a date is not judged here.
/// </summary>
internal static class IsoTime
{
    public static bool TryRead(ReadOnlySpan<byte> text, ref TimeParts parts)
    {
        if (text.Length < 10 || text[4] != '-' || text[7] != '-'
            || !TryDigits(text[..4], out parts.Year) || !TryDigits(text.Slice(5, 2), out parts.Month) || !TryDigits(text.Slice(8, 2), out parts.Day))
        {
            return false;
        }

        if (text.Length == 10)
        {
            return true;
        }

        return text[10] is (byte)'T' or (byte)'t' or (byte)' ' && TryReadClock(text[11..], ref parts, allowsOffset: true);
    }

    public static bool TryReadTime(ReadOnlySpan<byte> text, ref TimeParts parts) => TryReadClock(text, ref parts, allowsOffset: false);

    private static bool TryReadClock(ReadOnlySpan<byte> text, ref TimeParts parts, bool allowsOffset)
    {
        if (text.Length < 5 || text[2] != ':' || !TryDigits(text[..2], out parts.Hour) || !TryDigits(text.Slice(3, 2), out parts.Minute))
        {
            return false;
        }

        text = text[5..];
        if (text.Length > 0 && text[0] == ':')
        {
            if (text.Length < 3 || !TryDigits(text.Slice(1, 2), out parts.Second) || !TryFraction(text[3..], ref parts, out var used))
            {
                return false;
            }

            text = text[(3 + used)..];
        }

        return text.Length == 0 || (allowsOffset && TryOffset(text[0] == ' ' ? text[1..] : text, ref parts));
    }

    private static bool TryFraction(ReadOnlySpan<byte> text, ref TimeParts parts, out int used)
    {
        used = 0;
        if (text.Length == 0 || text[0] is not ((byte)'.' or (byte)','))
        {
            return true;
        }

        var digits = text[1..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        digits = digits < 0 ? text.Length - 1 : digits;
        if (digits is < 1 or > 9)
        {
            return false;
        }

        parts.Micros = Fraction(text.Slice(1, digits));
        used = 1 + digits;
        return true;
    }

    /// <summary>The first six digits after the point, as microseconds.</summary>
    public static int Fraction(ReadOnlySpan<byte> digits)
    {
        var (micros, scale) = (0, 100_000);
        for (var i = 0; i < digits.Length && scale > 0; i++, scale /= 10)
        {
            micros += (digits[i] - '0') * scale;
        }

        return micros;
    }

    private static bool TryOffset(ReadOnlySpan<byte> text, ref TimeParts parts)
    {
        parts.HasOffset = true;
        if (text.Length == 1)
        {
            return text[0] is (byte)'Z' or (byte)'z';
        }

        if (text.Length is not (3 or 5 or 6) || text[0] is not ((byte)'+' or (byte)'-') || (text.Length == 6 && text[3] != ':'))
        {
            return false;
        }

        var minutes = 0;
        if (!TryDigits(text.Slice(1, 2), out var hours) || (text.Length > 3 && !TryDigits(text[^2..], out minutes)) || hours > 23 || minutes > 59)
        {
            return false;
        }

        parts.OffsetSeconds = ((hours * 60) + minutes) * (text[0] == '-' ? -60 : 60);
        return true;
    }

    public static bool TryDigits(ReadOnlySpan<byte> text, out int number)
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

        return text.Length > 0;
    }
}
