namespace Flyball.Governance.Lineage;

/// <summary>How much a feature was used, over all versions that ever had it.</summary>
/// <param name="Served">Predictions made with it.</param>
/// <param name="LastServed">The latest prediction instant, RFC 3339; null when it never was.</param>
internal sealed record FeatureUse(long Served, string? LastServed);
