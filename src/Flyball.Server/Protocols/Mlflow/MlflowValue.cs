using System.Globalization;
using System.Text.Json;

namespace Flyball.Server.Protocols.Mlflow;

/// <summary>Reads single values as lenient as the protocol is: whole numbers also as texts, enumerations by name or number, ids also as numbers.</summary>
internal static class MlflowValue
{
    public static string Text(JsonElement value, string name, bool isId = false) => value.ValueKind switch
    {
        JsonValueKind.String => Decoded(value, name),
        JsonValueKind.Number when isId => value.GetRawText(),
        _ => throw MlflowException.Invalid(name, value.GetRawText()),
    };

    public static long Whole(JsonElement value, string name) => value.ValueKind switch
    {
        JsonValueKind.Number when value.TryGetInt64(out var whole) => whole,
        JsonValueKind.Number when value.TryGetDouble(out var real) && Math.Abs(real) < 1L << 53 && Math.Truncate(real) == real => (long)real,
        JsonValueKind.String => Whole(Decoded(value, name), name),
        _ => throw MlflowException.Invalid(name, value.GetRawText()),
    };

    public static long Whole(string text, string name) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole : throw MlflowException.Invalid(name, Shown(text));

    /// <summary>A number, or the texts that stand for what JSON has no number for.</summary>
    public static double Real(JsonElement value, string name) => value.ValueKind switch
    {
        // A number beyond the largest reads as infinite, and is stored as the largest.
        JsonValueKind.Number when value.TryGetDouble(out var real) => real,
        JsonValueKind.String => Decoded(value, name) switch
        {
            "NaN" => double.NaN,
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            var text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) && double.IsFinite(real) => real,
            _ => throw MlflowException.Invalid(name, value.GetRawText()),
        },
        _ => throw MlflowException.Invalid(name, value.GetRawText()),
    };

    public static bool Flag(JsonElement value, string name) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.String => Flag(Decoded(value, name), name),
        _ => throw MlflowException.Invalid(name, value.GetRawText()),
    };

    public static bool Flag(string text, string name) =>
        bool.TryParse(text, out var flag) ? flag : throw MlflowException.Invalid(name, Shown(text), "it is true or false");

    /// <summary>A name of an enumeration, or its number.</summary>
    /// <param name="value">As it came.</param>
    /// <param name="name">The parameter.</param>
    /// <param name="names">All names in the order of their numbers.</param>
    /// <param name="first">The number of the first.</param>
    public static string OneOf(string value, string name, IReadOnlyList<string> names, int first) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= first && number - first < names.Count ? names[number - first]
        : names.Contains(value, StringComparer.Ordinal) ? value
        : throw MlflowException.Invalid(name, Shown(value), $"it is one of {string.Join(", ", names)}");

    public static string Shown(string text) => JsonSerializer.Serialize(text);

    private static string Decoded(JsonElement value, string name)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw MlflowException.Invalid(name, "\"...\"", "it is not Unicode");
        }
    }
}
