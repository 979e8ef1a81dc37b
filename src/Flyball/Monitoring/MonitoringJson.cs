using System.Text.Json;
using System.Text.Json.Serialization;

namespace Flyball.Monitoring;

/// <summary>How monitoring's JSON looks.</summary>
internal static class MonitoringJson
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.General)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };
}
