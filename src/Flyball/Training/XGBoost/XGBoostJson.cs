using System.Globalization;
using System.Text.Json;

namespace Flyball.Training.XGBoost;

/// <summary>XGBoost's habits in JSON: parameters are texts, flags are numbers or booleans, a scalar may stand in brackets.</summary>
internal static class XGBoostJson
{
    public static int[] Integers(JsonElement parent, string name) => [.. parent.GetProperty(name).EnumerateArray().Select(e => e.GetInt32())];

    /// <summary>Shortest decimal forms of float32 values: read as float32 they are the same bits again.</summary>
    public static float[] Floats(JsonElement parent, string name) => [.. parent.GetProperty(name).EnumerateArray().Select(e => e.GetSingle())];

    public static bool[] Flags(JsonElement parent, string name) =>
    [
        .. parent.GetProperty(name).EnumerateArray().Select(e => e.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => e.GetInt32() != 0,
        }),
    ];

    /// <summary>0 when absent.</summary>
    public static int OptionalInteger(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) ? int.Parse(Text(value), NumberStyles.Integer, CultureInfo.InvariantCulture) : 0;

    /// <summary><c>"5E-1"</c>, and <c>"[5E-1]"</c> since version 3.</summary>
    public static float Scalar(JsonElement value) =>
        float.Parse(Text(value).Trim('[', ']'), NumberStyles.Float, CultureInfo.InvariantCulture);

    private static string Text(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
}
