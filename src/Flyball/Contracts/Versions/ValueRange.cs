using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;

namespace Flyball.Contracts.Versions;

/// <summary>The values that bounds of a column leave, as the gate reads them; null is no bound.</summary>
/// <param name="Least">Lower bound.</param>
/// <param name="LeastIsOpen">The bound itself is outside.</param>
/// <param name="Most">Upper bound.</param>
/// <param name="MostIsOpen">The bound itself is outside.</param>
internal sealed record ValueRange(decimal? Least, bool LeastIsOpen, decimal? Most, bool MostIsOpen)
{
    private const double LargestDecimal = 7e28;

    private static readonly Dictionary<string, (decimal Least, decimal Most)> IntegerFormats = new(StringComparer.Ordinal)
    {
        ["i8"] = (sbyte.MinValue, sbyte.MaxValue), ["i16"] = (short.MinValue, short.MaxValue), ["i32"] = (int.MinValue, int.MaxValue),
        ["u8"] = (0, byte.MaxValue), ["u16"] = (0, ushort.MaxValue), ["u32"] = (0, uint.MaxValue), ["u64"] = (0, long.MaxValue), ["u128"] = (0, long.MaxValue),
    };

    /// <summary>The bounds that options state for a column of a type. Null when a bound cannot be read as a decimal: then nothing can be said about it.</summary>
    public static ValueRange? Of(JsonObject options, ScalarType type)
    {
        if (!TryBound(options, "minimum", "exclusiveMinimum", type, out var least, out var leastIsOpen)
            || !TryBound(options, "maximum", "exclusiveMaximum", type, out var most, out var mostIsOpen))
        {
            return null;
        }

        var range = new ValueRange(least, leastIsOpen, most, mostIsOpen);
        return type == ScalarType.Integer ? range.OfIntegers((string?)options["format"]) : range;
    }

    /// <summary>The bounds of a text's length.</summary>
    public static ValueRange OfLength(JsonObject options) =>
        new((decimal?)(long?)options["minLength"] ?? 0, false, (decimal?)(long?)options["maxLength"], false);

    /// <summary>Every value inside <paramref name="other"/> is inside this.</summary>
    public bool Includes(ValueRange other) =>
        (Least is null || (other.Least is { } l && (l > Least || (l == Least && (!LeastIsOpen || other.LeastIsOpen)))))
        && (Most is null || (other.Most is { } m && (m < Most || (m == Most && (!MostIsOpen || other.MostIsOpen)))));

    /// <summary>Whole numbers know no open bound, and their format bounds them too.</summary>
    private ValueRange OfIntegers(string? format)
    {
        var least = Least is { } l ? LeastIsOpen && decimal.IsInteger(l) ? l + 1 : decimal.Ceiling(l) : (decimal?)null;
        var most = Most is { } m ? MostIsOpen && decimal.IsInteger(m) ? m - 1 : decimal.Floor(m) : (decimal?)null;
        if (format is not null && IntegerFormats.TryGetValue(format, out var width))
        {
            (least, most) = (Math.Max(least ?? width.Least, width.Least), Math.Min(most ?? width.Most, width.Most));
        }

        return new ValueRange(least, false, most, false);
    }

    private static bool TryBound(JsonObject options, string closed, string open, ScalarType type, out decimal? bound, out bool isOpen)
    {
        // Version 3.0 of the standard writes the open form as a flag beside the closed one.
        var isFlag = options[open] is JsonValue flag && flag.TryGetValue(out bool _);
        isOpen = isFlag ? (bool)options[open]! : options[open] is not null;
        var node = isFlag || !isOpen ? options[closed] : options[open];
        bound = null;
        return node is null || (type == ScalarType.Timestamp ? TryTime(node, out bound) : TryNumber(node, out bound));
    }

    private static bool TryNumber(JsonNode node, out decimal? bound)
    {
        bound = null;
        var text = node.ToJsonString();
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || Math.Abs(number) > LargestDecimal)
        {
            return false;
        }

        bound = decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        return true;
    }

    private static bool TryTime(JsonNode node, out decimal? bound)
    {
        bound = null;
        var utf8 = Encoding.UTF8.GetBytes(node.ToString());
        if (!Rfc3339.TryRead(utf8, out var micros) && !Rfc3339.TryReadDate(utf8, out micros))
        {
            return false;
        }

        bound = micros;
        return true;
    }
}
