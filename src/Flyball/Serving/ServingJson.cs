using System.Text.Json;
using System.Text.Json.Serialization;

namespace Flyball.Serving;

/// <summary>How serving's JSON looks: snake_case, nothing for null.</summary>
internal static class ServingJson
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.General)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };
}
