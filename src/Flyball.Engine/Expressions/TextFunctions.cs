namespace Flyball.Engine.Expressions;

/// <summary>Functions of text: ordinal, without a culture, counting Unicode characters (code points) from 1.</summary>
internal static class TextFunctions
{
    private const ParameterKind Text = ParameterKind.Text;
    private const ParameterKind Integer = ParameterKind.Integer;

    public static readonly ScalarFunction[] All =
    [
#pragma warning disable CA1308 // A function of users' text, not a normalisation of ours.
        Of("lower", static x => Value.FromText(x.Text.ToLowerInvariant())),
#pragma warning restore CA1308
        Of("upper", static x => Value.FromText(x.Text.ToUpperInvariant())),
        Of("trim", static x => Value.FromText(x.Text.Trim())),
        Of("ltrim", static x => Value.FromText(x.Text.TrimStart())),
        Of("rtrim", static x => Value.FromText(x.Text.TrimEnd())),
        new("length", [Text], 1, static a => new StrictOne(ScalarType.Integer, a[0], static x => Value.FromInteger(LengthOf(x.Text)))),
        Test("contains", static (x, part) => x.Contains(part, StringComparison.Ordinal)),
        Test("starts_with", static (x, part) => x.StartsWith(part, StringComparison.Ordinal)),
        Test("ends_with", static (x, part) => x.EndsWith(part, StringComparison.Ordinal)),
        new("position", [Text, Text], 2, static a => new StrictTwo(ScalarType.Integer, a[0], a[1], static (x, part) => Value.FromInteger(Position(x.Text, part.Text)))),
        new("left", [Text, Integer], 2, static a => new StrictTwo(ScalarType.Text, a[0], a[1], static (x, n) => Slice(x.Text, 0, n.Bits))),
        new("right", [Text, Integer], 2, static a => new StrictTwo(ScalarType.Text, a[0], a[1], static (x, n) => Right(x.Text, n.Bits))),
        new("substring", [Text, Integer, Integer], 2, Substring),
        new("replace", [Text, Text, Text], 3, static a => new StrictThree(ScalarType.Text, a, static (x, from, to) => TextLimit.Replace(x.Text, from.Text, to.Text))),
        new("split_part", [Text, Text, Integer], 3, static a => new StrictThree(ScalarType.Text, a, static (x, by, n) => Value.FromText(Part(x.Text, by.Text, n.Bits)))),
    ];

    private static ScalarFunction Of(string name, Func<Value, Value> apply) => new(name, [Text], 1, a => new StrictOne(ScalarType.Text, a[0], apply));

    private static ScalarFunction Test(string name, Func<string, string, bool> holds) =>
        new(name, [Text, Text], 2, a => new StrictTwo(ScalarType.Boolean, a[0], a[1], (x, part) => Value.FromBoolean(holds(x.Text, part.Text))));

    private static Node Substring(Node[] arguments) => arguments.Length == 2
        ? new StrictTwo(ScalarType.Text, arguments[0], arguments[1], static (x, start) => Slice(x.Text, Saturated(start.Bits), long.MaxValue))
        : new StrictThree(ScalarType.Text, arguments, static (x, start, count) => SqlSubstring(x.Text, start.Bits, count.Bits));

    /// <summary>As SQL has it: the places from start to start + count, of which those before the first hold nothing.</summary>
    private static Value SqlSubstring(string text, long start, long count)
    {
        if (count < 0)
        {
            return Value.Null;
        }

        var first = (Int128)start - 1;
        var end = first + count;
        return Slice(text, (long)Int128.Max(first, 0), (long)Int128.Clamp(end, 0, long.MaxValue));
    }

    private static long Saturated(long start) => start > 1 ? start - 1 : 0;

    private static Value Right(string text, long count) =>
        count < 0 ? Value.Null : Slice(text, Math.Max(0, LengthOf(text) - count), long.MaxValue);

    /// <summary>The characters from first up to, not including, end.</summary>
    private static Value Slice(string text, long first, long end)
    {
        if (end < 0)
        {
            return Value.Null;
        }

        var from = UnitOf(text, first);
        var to = UnitOf(text, end);
        return Value.FromText(from < to ? text[from..to] : "");
    }

    private static int LengthOf(string text)
    {
        var length = text.Length;
        for (var i = 1; i < text.Length; i++)
        {
            length -= char.IsSurrogatePair(text[i - 1], text[i]) ? 1 : 0;
        }

        return length;
    }

    /// <summary>The UTF-16 unit at which a character starts, or the text's end.</summary>
    private static int UnitOf(string text, long character)
    {
        var unit = 0;
        for (; character > 0 && unit < text.Length; character--)
        {
            unit += unit + 1 < text.Length && char.IsSurrogatePair(text[unit], text[unit + 1]) ? 2 : 1;
        }

        return unit;
    }

    private static long Position(string text, string part)
    {
        var unit = text.IndexOf(part, StringComparison.Ordinal);
        return unit < 0 ? 0 : LengthOf(text[..unit]) + 1;
    }

    /// <summary>The n-th part between separators; a negative n counts from the end; "" when there is none.</summary>
    private static string Part(string text, string separator, long n)
    {
        if (separator.Length == 0)
        {
            return n is 1 or -1 ? text : "";
        }

        if (n < 0)
        {
            var parts = 1L;
            for (var at = 0; (at = text.IndexOf(separator, at, StringComparison.Ordinal)) >= 0; at += separator.Length)
            {
                parts++;
            }

            n = n < -parts ? 0 : n + parts + 1;
        }

        var start = 0;
        for (var part = 1L; n > 0; part++)
        {
            var end = text.IndexOf(separator, start, StringComparison.Ordinal);
            if (part == n)
            {
                return end < 0 ? text[start..] : text[start..end];
            }

            if (end < 0)
            {
                break;
            }

            start = end + separator.Length;
        }

        return "";
    }
}
