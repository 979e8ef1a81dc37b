namespace Flyball.Engine.Expressions;

/// <summary>Bounds what text functions may build, so that no expression can fill the memory: a longer result is null.</summary>
internal static class TextLimit
{
    /// <summary>The longest text that an operation makes, in UTF-16 units.</summary>
    public const int MaxLength = 65_536;

    public static Value Concatenate(string a, string b) =>
        a.Length + b.Length <= MaxLength ? Value.FromText(string.Concat(a, b)) : Value.Null;

    public static Value Replace(string text, string from, string to)
    {
        if (from.Length == 0)
        {
            return Value.FromText(text);
        }

        if (to.Length > from.Length)
        {
            long length = text.Length;
            for (var at = 0; (at = text.IndexOf(from, at, StringComparison.Ordinal)) >= 0; at += from.Length)
            {
                length += to.Length - from.Length;
            }

            if (length > MaxLength)
            {
                return Value.Null;
            }
        }

        return Value.FromText(text.Replace(from, to, StringComparison.Ordinal));
    }
}
