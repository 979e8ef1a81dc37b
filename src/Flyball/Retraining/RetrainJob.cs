using System.Text.Json.Serialization;

namespace Flyball.Retraining;

/// <summary>One retraining of one model, as the catalog keeps it and answers show it.</summary>
/// <param name="State">One of <see cref="RetrainStates"/>.</param>
/// <param name="DueAt">When it may begin, RFC 3339.</param>
/// <param name="Reason">What asked for it, and once it has ended, how.</param>
/// <param name="RequestedBy">Who asked for it, and so the author of what comes out.</param>
/// <param name="AuthMethod">How that was established.</param>
/// <param name="FinishedMicros">When it ended; null while it is open.</param>
public sealed record RetrainJob(
    string Id,
    string Model,
    string State,
    string DueAt,
    string Reason,
    string RequestedBy,
    [property: JsonIgnore] string AuthMethod,
    string CreatedAt,
    string ChangedAt,
    [property: JsonIgnore] long DueMicros,
    [property: JsonIgnore] long CreatedMicros,
    [property: JsonIgnore] long? FinishedMicros)
{
    /// <summary>The training run, once there is one.</summary>
    public string? RunId { get; init; }

    /// <summary>The version that came out of it.</summary>
    public int? Version { get; init; }

    /// <summary>The rollout of that version.</summary>
    public string? Rollout { get; init; }

    /// <summary>Why it failed.</summary>
    public string? Error { get; init; }

    [JsonIgnore]
    public bool IsOpen => RetrainStates.IsOpen(State);
}
