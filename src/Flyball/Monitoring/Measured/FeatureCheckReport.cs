namespace Flyball.Monitoring.Measured;

/// <summary>The features of one model, measured on the vectors it served.</summary>
/// <param name="Model">The model.</param>
/// <param name="From">First prediction instant, RFC 3339.</param>
/// <param name="To">End, exclusive.</param>
/// <param name="Predictions">Predictions in the window.</param>
/// <param name="OtherDefinitions">Of those, made by versions whose features mean something else now: not measured.</param>
/// <param name="WithoutFeatures">Of those, answered by the declared rule.</param>
/// <param name="Features">By name.</param>
/// <param name="Findings">Checks that were not passed, by feature.</param>
public sealed record FeatureCheckReport(
    string Model, string From, string To, long Predictions, long OtherDefinitions, long WithoutFeatures, IReadOnlyList<MeasuredFeature> Features, IReadOnlyList<FeatureFinding> Findings);
