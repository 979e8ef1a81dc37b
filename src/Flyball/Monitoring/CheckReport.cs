namespace Flyball.Monitoring;

/// <summary>What one check of one model found.</summary>
/// <param name="From">Begin of the window, RFC 3339.</param>
/// <param name="To">Its end, exclusive.</param>
/// <param name="Version">The version whose reference was measured against.</param>
/// <param name="Predictions">Predictions of that version in the window.</param>
/// <param name="Features">One finding a feature, in the order of the vector.</param>
/// <param name="Score">The finding about the score itself.</param>
/// <param name="Suppressed">What was seen and did not alert, with the reason.</param>
public sealed record CheckReport(
    string Model,
    string From,
    string To,
    int Version,
    long Predictions,
    IReadOnlyList<FeatureFinding> Features,
    FeatureFinding Score,
    PerformanceFinding Performance,
    IReadOnlyList<string> Suppressed);

/// <summary>Drift and missing values of one feature.</summary>
/// <param name="Status"><c>ok</c>, <c>drift</c>, <c>insufficient</c> or <c>error</c>.</param>
/// <param name="Effect">Population stability index.</param>
/// <param name="Lower">Its lower confidence bound.</param>
/// <param name="Threshold">What the bound must exceed.</param>
/// <param name="Q">p value corrected for all features of the check.</param>
/// <param name="Importance">Share of the model's total gain.</param>
/// <param name="MissingRate">Share of requests without a value.</param>
public sealed record FeatureFinding(
    string Feature,
    string Status,
    string? Reason,
    double? Effect,
    double? Lower,
    double? Threshold,
    double? Q,
    double Importance,
    bool Important,
    double MissingRate,
    double ReferenceMissingRate);

/// <summary>Realised performance on requests whose labels are mature.</summary>
/// <param name="Status"><c>ok</c>, <c>decay</c> or <c>insufficient</c>.</param>
/// <param name="Metric">The metric that is watched.</param>
/// <param name="Value">On the matured requests.</param>
/// <param name="Upper">Upper confidence bound of the value.</param>
/// <param name="Reference">On the frozen test rows of the version.</param>
public sealed record PerformanceFinding(string Status, string? Reason, string Metric, double? Value, double? Upper, double? Reference, int Rows, int Positives);
