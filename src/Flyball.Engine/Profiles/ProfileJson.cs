using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flyball.Engine.Expressions;

namespace Flyball.Engine.Profiles;

/// <summary>Members of a stored profile, read strictly: what is absent, of another kind or impossible is damage.</summary>
internal static class ProfileJson
{
    public static JsonObject Section(JsonObject json, string name) => json[name] as JsonObject ?? throw Damaged(name);

    public static JsonArray Items(JsonObject json, string name) => json[name] as JsonArray ?? throw Damaged(name);

    public static long Count(JsonObject json, string name) => Whole(json, name) is >= 0 and var count ? count : throw Damaged(name);

    public static long Whole(JsonObject json, string name) =>
        json[name] is JsonValue value && value.TryGetValue<long>(out var number) ? number : throw Damaged(name);

    public static double Number(JsonObject json, string name) => Number(json[name], name);

    public static double Number(JsonNode? node, string name) =>
        node is JsonValue value && value.TryGetValue<double>(out var number) && double.IsFinite(number) ? number : throw Damaged(name);

    public static string Text(JsonObject json, string name) =>
        json[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : throw Damaged(name);

    public static bool Flag(JsonObject json, string name) =>
        json[name] is JsonValue value && value.TryGetValue<bool>(out var flag) ? flag : throw Damaged(name);

    public static byte[] Bytes(JsonObject json, string name)
    {
        var text = Text(json, name);
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : throw Damaged(name);
    }

    public static string NameOf(ScalarType type) => type switch
    {
        ScalarType.Boolean => "boolean",
        ScalarType.Integer => "integer",
        ScalarType.Number => "number",
        ScalarType.Text => "text",
        _ => "timestamp",
    };

    public static ScalarType TypeOf(JsonObject json, string name) => Text(json, name) switch
    {
        "boolean" => ScalarType.Boolean,
        "integer" => ScalarType.Integer,
        "number" => ScalarType.Number,
        "text" => ScalarType.Text,
        "timestamp" => ScalarType.Timestamp,
        _ => throw Damaged(name),
    };

    /// <summary>A value as JSON; a timestamp is microseconds since the epoch.</summary>
    public static JsonNode Of(in Value value) => value.Kind switch
    {
        ScalarType.Boolean => JsonValue.Create(value.AsBoolean),
        ScalarType.Integer => JsonValue.Create(value.AsInteger),
        ScalarType.Number => JsonValue.Create(value.AsNumber),
        ScalarType.Timestamp => JsonValue.Create(value.AsTimestamp.Micros),
        _ => JsonValue.Create(value.AsText),
    };

    public static Value Read(JsonObject json, string name, ScalarType type) => type switch
    {
        ScalarType.Boolean => Value.FromBoolean(Flag(json, name)),
        ScalarType.Integer => Value.FromInteger(Whole(json, name)),
        ScalarType.Number => Value.FromNumber(Number(json, name)),
        ScalarType.Timestamp => Value.FromTimestamp(Whole(json, name)),
        _ => Value.FromText(Text(json, name)),
    };

    public static InvalidDataException Damaged(string name) =>
        new(string.Create(CultureInfo.InvariantCulture, $"The profile is damaged at '{name}'."));

    public static JsonObject Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 16 });
            var node = JsonNode.Parse(ref reader) as JsonObject ?? throw Damaged("document");
            return reader.BytesConsumed == json.Length ? node : throw Damaged("document");
        }
        catch (JsonException)
        {
            throw Damaged("document");
        }
    }
}
