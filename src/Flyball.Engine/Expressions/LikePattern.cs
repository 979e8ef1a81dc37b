namespace Flyball.Engine.Expressions;

/// <summary>
/// SQL's like: <c>%</c> stands for any text, <c>_</c> for one UTF-16 unit, <c>\</c> before either for itself. Case matters.
/// 1. Walk text and pattern together. 2. At a % remember both places and try it as empty. 3. On a mismatch let the last % take one more.
/// Cost: at most length of text times length of pattern; no recursion.
/// </summary>
internal static class LikePattern
{
    public static bool Matches(ReadOnlySpan<char> text, ReadOnlySpan<char> pattern)
    {
        var (at, p) = (0, 0);
        var (resumeText, resumePattern) = (-1, -1);
        while (at < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '%')
            {
                (resumeText, resumePattern) = (at, ++p);
            }
            else if (p < pattern.Length && Accepts(pattern, p, text[at], out var width))
            {
                p += width;
                at++;
            }
            else if (resumePattern >= 0)
            {
                (at, p) = (++resumeText, resumePattern);
            }
            else
            {
                return false;
            }
        }

        while (p < pattern.Length && pattern[p] == '%')
        {
            p++;
        }

        return p == pattern.Length;
    }

    private static bool Accepts(ReadOnlySpan<char> pattern, int p, char c, out int width)
    {
        var escaped = pattern[p] == '\\' && p + 1 < pattern.Length && pattern[p + 1] is '%' or '_' or '\\';
        width = escaped ? 2 : 1;
        return escaped ? pattern[p + 1] == c : pattern[p] == '_' || pattern[p] == c;
    }
}
