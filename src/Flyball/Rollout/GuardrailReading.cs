namespace Flyball.Rollout;

/// <summary>What a guardrail says at one look.</summary>
/// <param name="Guardrail">Its name.</param>
/// <param name="Breached">The canary is worse, at the level the guardrail was given.</param>
/// <param name="Value">The decisive figure; null while there is nothing to compare.</param>
/// <param name="Bound">What it is compared with.</param>
/// <param name="Detail">The figures in words.</param>
public sealed record GuardrailReading(string Guardrail, bool Breached, double? Value, double? Bound, string Detail);
