namespace Flyball.Rollout;

/// <summary>A rollout and the evidence it has collected.</summary>
/// <param name="CanaryPredictions">Of the present step.</param>
/// <param name="ControlPredictions">Of the present step.</param>
/// <param name="SampleRatio">Whether units fall on the arms as they were assigned.</param>
public sealed record RolloutStatus(
    RolloutRun Rollout, long CanaryPredictions, long ControlPredictions, IReadOnlyList<GuardrailReading> Guardrails, GuardrailReading? SampleRatio);
