using System.Buffers;
using System.Globalization;

namespace Flyball.Features;

/// <summary>A bound on a figure, such as <c>&lt; 1%</c> or <c>&gt;= 2</c>; a bare number is the most that is allowed.</summary>
/// <param name="Comparison"><c>&lt;</c>, <c>&lt;=</c>, <c>&gt;</c> or <c>&gt;=</c>.</param>
/// <param name="Value">A percentage is its share.</param>
public sealed record FeatureBound(string Comparison, double Value)
{
    private static readonly SearchValues<char> Signs = SearchValues.Create("<>=");

    public bool Holds(double figure) => Comparison switch
    {
        "<" => figure < Value,
        "<=" => figure <= Value,
        ">" => figure > Value,
        _ => figure >= Value,
    };

    /// <summary>Reads a bound; null when the text is none.</summary>
    public static FeatureBound? Parse(string text)
    {
        var rest = text.AsSpan().Trim();
        var length = rest.IndexOfAnyExcept(Signs);
        if (length < 0)
        {
            return null;
        }

        var sign = length == 0 ? "<=" : rest[..length].ToString();
        rest = rest[length..].Trim();
        var percent = rest.EndsWith('%');
        var known = sign is "<" or "<=" or ">" or ">=";
        return known && double.TryParse(percent ? rest[..^1].Trim() : rest, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
            ? new FeatureBound(sign, percent ? value / 100 : value)
            : null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Comparison} {Value}");
}
