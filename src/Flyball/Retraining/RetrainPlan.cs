namespace Flyball.Retraining;

/// <summary>How one model of the applied project retrains.</summary>
/// <param name="Version">Digest of the model's definition, shortened: what an approval by policy rests on.</param>
internal sealed record RetrainPlan(string Model, string Version, RetrainDefinition Definition);
