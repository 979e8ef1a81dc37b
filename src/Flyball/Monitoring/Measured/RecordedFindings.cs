namespace Flyball.Monitoring.Measured;

/// <summary>What one check found, as the log keeps it.</summary>
/// <param name="Seq">Its place in the log.</param>
/// <param name="At">When it was written, RFC 3339.</param>
/// <param name="Model">The model whose vectors were measured.</param>
/// <param name="From">First prediction instant.</param>
/// <param name="To">End, exclusive.</param>
/// <param name="Predictions">Predictions measured.</param>
/// <param name="Findings">At least one.</param>
public sealed record RecordedFindings(long Seq, string At, string Model, string From, string To, long Predictions, IReadOnlyList<FeatureFinding> Findings);
