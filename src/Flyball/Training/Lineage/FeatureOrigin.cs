namespace Flyball.Training.Lineage;

/// <summary>A column that a feature comes from.</summary>
/// <param name="Source">The source.</param>
/// <param name="Column">Its column.</param>
/// <param name="Direct">Its values enter the feature's; otherwise it decides which rows do.</param>
/// <param name="Transformation">The subtype in OpenLineage's words.</param>
public sealed record FeatureOrigin(string Source, string Column, bool Direct, string Transformation);
