using System.Collections.Frozen;

namespace Flyball.Engine.Expressions;

/// <summary>The names of types in a cast, with the ones that people bring from SQL.</summary>
internal static class TypeNames
{
    public const string Listed = "boolean, integer, number, text, timestamp";

    private static readonly FrozenDictionary<string, ScalarType> ByName = new Dictionary<string, ScalarType>(StringComparer.OrdinalIgnoreCase)
    {
        ["boolean"] = ScalarType.Boolean,
        ["bool"] = ScalarType.Boolean,
        ["integer"] = ScalarType.Integer,
        ["int"] = ScalarType.Integer,
        ["bigint"] = ScalarType.Integer,
        ["number"] = ScalarType.Number,
        ["double"] = ScalarType.Number,
        ["float"] = ScalarType.Number,
        ["text"] = ScalarType.Text,
        ["varchar"] = ScalarType.Text,
        ["string"] = ScalarType.Text,
        ["timestamp"] = ScalarType.Timestamp,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    public static IEnumerable<string> All => ByName.Keys;

    public static ScalarType? Find(string name) => ByName.TryGetValue(name, out var type) ? type : null;

    /// <summary>The one spelling.</summary>
    public static string Of(ScalarType type) => type switch
    {
        ScalarType.Boolean => "boolean",
        ScalarType.Integer => "integer",
        ScalarType.Number => "number",
        ScalarType.Text => "text",
        _ => "timestamp",
    };
}
