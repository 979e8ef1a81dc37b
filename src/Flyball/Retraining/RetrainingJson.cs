using System.Text.Json;

namespace Flyball.Retraining;

/// <summary>How retraining's JSON looks: snake_case, and every member of a job stands there, null or not.</summary>
internal static class RetrainingJson
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
}
