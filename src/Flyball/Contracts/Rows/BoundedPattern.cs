using System.Text.RegularExpressions;

namespace Flyball.Contracts.Rows;

/// <summary>
/// A pattern whose work on a text is bounded: the product of the positions to follow and the characters to look at. The engine does not
/// backtrack, and a text that could cost more than the bound does not match, without being looked at; a clock stands behind that, for what the
/// estimate does not see.
/// </summary>
internal sealed class BoundedPattern
{
    /// <summary>Steps of one text: a few tenths of a second at the very worst, and microseconds where positions do not pile up.</summary>
    private const long MostSteps = 600_000;

    /// <summary>A pattern without a longest text has to be able to look at so many characters.</summary>
    private const int LeastTried = 1_000;

    private static readonly TimeSpan MostTime = TimeSpan.FromMilliseconds(250);

    private readonly Regex regex;

    private BoundedPattern(Regex regex, PatternSize size)
    {
        this.regex = regex;
        Longest = (int)Math.Min(int.MaxValue, size.Longest ?? (MostSteps / size.Live));
        IsTriedUpTo = size.Longest is null && Longest < RowReader.LongestText;
    }

    /// <summary>The longest text that may match, in UTF-16 units.</summary>
    public int Longest { get; }

    /// <summary>The bound is of the work, and texts that are longer could be of the pattern.</summary>
    public bool IsTriedUpTo { get; }

    /// <summary>Null when the pattern asks for too much work; then there is a size to tell.</summary>
    /// <param name="pattern">In the words of .NET.</param>
    /// <param name="size">What it was found to be.</param>
    /// <exception cref="ArgumentException">It is no pattern.</exception>
    /// <exception cref="NotSupportedException">It has look-around or back references.</exception>
    public static BoundedPattern? Build(string pattern, out PatternSize size)
    {
        size = PatternSize.Of(pattern);
        return (Int128)size.Live * (size.Longest ?? LeastTried) > MostSteps
            ? null
            : new BoundedPattern(new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, MostTime), size);
    }

    public bool IsMatch(string text)
    {
        if (text.Length > Longest)
        {
            return false;
        }

        try
        {
            return regex.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }
}
