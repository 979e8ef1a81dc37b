using System.Text.Json.Serialization;

namespace Flyball.Client;

/// <summary>A prediction as the server answers it.</summary>
/// <param name="RequestId">Names the prediction in the log: keep it to report the outcome or to reproduce the answer.</param>
/// <param name="Version">The version that answered.</param>
/// <param name="Digest">SHA-256 of that version's bundle.</param>
/// <param name="Score">The prediction.</param>
/// <param name="Rung">On which rung of the degradation ladder the answer was made; <c>full</c> is the normal one.</param>
/// <param name="Arm"><c>canary</c> or <c>control</c> while a rollout runs.</param>
/// <param name="Horizon">Position of the event log the features were read at.</param>
public sealed record Prediction(
    string RequestId, string Model, int Version, string Digest, [property: JsonPropertyName("prediction")] double Score, string? Decision, string Rung, string? Arm, long Horizon);
