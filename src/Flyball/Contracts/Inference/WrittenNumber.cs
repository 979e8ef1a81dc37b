using System.Buffers;
using System.Globalization;

namespace Flyball.Contracts.Inference;

/// <summary>A text that the gate takes for a number; one that ends in a point is left a text.</summary>
internal static class WrittenNumber
{
    private const int Longest = 400;
    private const double LargestExact = 9007199254740992;

    private static readonly SearchValues<char> Characters = SearchValues.Create("0123456789+-.eE");

    /// <param name="number">Its value, or the nearest to it that there is.</param>
    /// <param name="whole">Its value when it is a whole number of 64 bits in plain digits, a fraction of zeros allowed.</param>
    /// <param name="isExact">False for a whole number beyond 2^53 that a double would change: only a whole number holds it.</param>
    public static bool TryRead(string text, out double number, out long? whole, out bool isExact)
    {
        (number, whole, isExact) = (0, null, false);
        if (text.Length is 0 or > Longest || text[^1] == '.' || text.AsSpan().ContainsAnyExcept(Characters)
            || !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) || !double.IsFinite(number))
        {
            return false;
        }

        var point = text.IndexOf('.', StringComparison.Ordinal);
        var digits = point < 0 ? text : text.AsSpan(point + 1).ContainsAnyExcept('0') ? "" : text[..point];
        if (long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var exact))
        {
            whole = exact;
        }

        isExact = Math.Abs(number) < LargestExact || whole is null || (Int128)number == whole;
        return true;
    }

    /// <summary>Digits with a zero before them: a number would lose it, so it is a code.</summary>
    public static bool HasLeadingZero(string text) => text.Length > 1 && text[0] == '0' && char.IsAsciiDigit(text[1]);
}
