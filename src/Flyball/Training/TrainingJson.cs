using System.Text.Json;
using System.Text.Json.Serialization;

namespace Flyball.Training;

/// <summary>How training writes its files: snake_case members, numbers finite, digests and horizons as plain values.</summary>
internal static class TrainingJson
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.General)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = false,
    };
}
