namespace Flyball.Rollout;

/// <summary>A rollout as answers show it.</summary>
/// <param name="Candidate">The version on trial.</param>
/// <param name="Baseline">The champion it is compared with.</param>
/// <param name="Share">Share of the units on trial; 0 when the rollout has ended.</param>
internal sealed record RolloutDocument(
    string Id,
    string Model,
    int Candidate,
    int Baseline,
    string Digest,
    string State,
    int Step,
    decimal Share,
    string? Reason,
    string StartedBy,
    string StartedAt,
    string ChangedAt,
    RolloutDefinition Definition)
{
    public long? CanaryPredictions { get; init; }

    public long? ControlPredictions { get; init; }

    public IReadOnlyList<GuardrailReading>? Guardrails { get; init; }

    public GuardrailReading? SampleRatio { get; init; }

    public IReadOnlyList<RolloutEvent>? Events { get; init; }

    public static RolloutDocument Of(RolloutRun run) => new(
        run.Id, run.Model, run.Version, run.Champion, run.Digest.Hex, run.State, run.Step, run.IsActive ? run.Share : 0, run.Reason,
        run.StartedBy, run.StartedAt, run.ChangedAt, run.Definition);

    public static RolloutDocument Of(RolloutStatus status) => Of(status.Rollout) with
    {
        CanaryPredictions = status.CanaryPredictions,
        ControlPredictions = status.ControlPredictions,
        Guardrails = status.Guardrails,
        SampleRatio = status.SampleRatio,
    };
}
