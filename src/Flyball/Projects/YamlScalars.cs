using System.Globalization;
using System.Text.Json.Nodes;

namespace Flyball.Projects;

/// <summary>What a plain scalar means: YAML 1.2's core schema, where <c>no</c> is a text and <c>012</c> is twelve, and durations.</summary>
internal static class YamlScalars
{
    private const NumberStyles NumberForm = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    private static readonly (string Unit, long Micros)[] Units =
    [
        ("us", 1), ("ms", 1_000), ("s", 1_000_000), ("m", 60_000_000), ("h", 3_600_000_000), ("d", 86_400_000_000), ("w", 604_800_000_000),
    ];

    public static bool TryInteger(string text, out long integer) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out integer);

    public static bool TryNumber(string text, out double number) =>
        double.TryParse(text, NumberForm, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);

    public static bool TryFlag(string text, out bool flag)
    {
        flag = text is "true" or "True" or "TRUE";
        return flag || text is "false" or "False" or "FALSE";
    }

    /// <summary>A whole number and a unit, at most 100 years.</summary>
    public static bool TryDuration(string text, out long micros)
    {
        micros = 0;
        var digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        if (digits is < 1 or > 18)
        {
            return false;
        }

        foreach (var (unit, length) in Units)
        {
            if (text.AsSpan(digits).SequenceEqual(unit))
            {
                var count = long.Parse(text.AsSpan(0, digits), CultureInfo.InvariantCulture);
                var longest = 36_525L * 86_400_000_000 / length;
                micros = count <= longest ? count * length : 0;
                return count <= longest;
            }
        }

        return false;
    }

    public static JsonObject ToJson(YamlMembers members)
    {
        var json = new JsonObject();
        foreach (var member in members.Members)
        {
            json[member.Name] = ToJson(member.Value);
        }

        return json;
    }

    private static JsonNode? ToJson(YamlValue value) => value switch
    {
        YamlMembers members => ToJson(members),
        YamlItems items => new JsonArray([.. items.Items.Select(ToJson)]),
        YamlScalar { IsNull: true } => null,
        YamlScalar { Plain: true } plain when TryFlag(plain.Text, out var flag) => JsonValue.Create(flag),
        YamlScalar { Plain: true } plain when TryInteger(plain.Text, out var integer) => JsonValue.Create(integer),
        YamlScalar { Plain: true } plain when TryNumber(plain.Text, out var number) => JsonValue.Create(number),
        YamlScalar scalar => JsonValue.Create(scalar.Text),
        _ => null,
    };
}
