namespace Flyball.Contracts.Rows;

/// <summary>
/// The numbers that files are made of, such as <c>-12</c> and <c>146.25</c>: a sign, at most fifteen digits, one point among them. They are
/// read exactly without the general parser (Clinger, "How to read floating point numbers accurately", 1990):
/// 1. fifteen digits are an integer below 2^53, which a double holds; 2. a power of ten up to 10^15 is one as well;
/// 3. one division of two exact doubles rounds once, so the quotient is the double nearest to the text.
/// </summary>
internal static class PlainNumber
{
    private const int MostDigits = 15;

    private static readonly double[] PowersOfTen = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

    /// <summary>False for every other form, which may still be a number.</summary>
    /// <param name="text">The whole of it.</param>
    /// <param name="digits">The number without its point.</param>
    /// <param name="scale">How many of the digits stand behind the point.</param>
    public static bool TryRead(ReadOnlySpan<byte> text, out long digits, out int scale)
    {
        (digits, scale) = (0, 0);
        var isNegative = text.Length > 0 && text[0] == '-';
        var point = -1;
        var start = isNegative ? 1 : 0;
        for (var i = start; i < text.Length; i++)
        {
            var digit = (uint)text[i] - '0';
            if (digit <= 9)
            {
                digits = (digits * 10) + digit;
            }
            else if (text[i] == '.' && point < 0 && i > start && i + 1 < text.Length)
            {
                point = i;
            }
            else
            {
                return false;
            }

            if (i - start > MostDigits)
            {
                return false;
            }
        }

        var count = text.Length - start - (point < 0 ? 0 : 1);
        if (count is < 1 or > MostDigits)
        {
            return false;
        }

        scale = point < 0 ? 0 : text.Length - point - 1;
        digits = isNegative ? -digits : digits;
        return true;
    }

    public static double ToDouble(long digits, int scale) => digits / PowersOfTen[scale];

    /// <summary>
    /// Writes a number of at most fifteen digits and nine decimals in its shortest round-trip form; false for every other one, with nothing written that counts.
    /// The division that gives the number back shows that those digits are read as it, and no two texts of fifteen digits are read as the same double: so they
    /// are the shortest, once zeros at the end are left out.
    /// </summary>
    /// <param name="value">Any double.</param>
    /// <param name="into">At least 32 bytes.</param>
    /// <param name="length">Bytes written.</param>
    public static bool TryWrite(double value, Span<byte> into, out int length)
    {
        length = 0;
        var size = Math.Abs(value);

        // Smaller ones are written with an exponent; so is nothing below ten to the fifteenth.
        if (!(size >= 1e-4 && size < 1e11))
        {
            return false;
        }

        var scale = size < 1e6 ? 9 : 4;
        var scaled = Math.Round(size * PowersOfTen[scale]);
        if (scaled / PowersOfTen[scale] != size)
        {
            return false;
        }

        var (whole, rest) = Math.DivRem((ulong)scaled, (ulong)PowersOfTen[scale]);
        if (value < 0)
        {
            into[length++] = (byte)'-';
        }

        whole.TryFormat(into[length..], out var written, default, System.Globalization.CultureInfo.InvariantCulture);
        length += written;
        if (rest == 0)
        {
            return true;
        }

        into[length++] = (byte)'.';
        for (var unit = (ulong)PowersOfTen[scale - 1]; rest > 0; unit /= 10)
        {
            (var digit, rest) = Math.DivRem(rest, unit);
            into[length++] = (byte)('0' + digit);
        }

        return true;
    }
}
