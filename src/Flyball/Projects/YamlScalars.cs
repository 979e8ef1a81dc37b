using System.Globalization;
using System.Text.Json.Nodes;

namespace Flyball.Projects;

/// <summary>What a plain scalar means: YAML 1.2's core schema, where <c>no</c> is a text and <c>012</c> is twelve.</summary>
internal static class YamlScalars
{
    private const NumberStyles NumberForm = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    public static bool TryInteger(string text, out long integer) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out integer);

    public static bool TryNumber(string text, out double number) =>
        double.TryParse(text, NumberForm, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);

    public static bool TryFlag(string text, out bool flag)
    {
        flag = text is "true" or "True" or "TRUE";
        return flag || text is "false" or "False" or "FALSE";
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
