using Flyball.Contracts.Quality;

namespace Flyball.Monitoring;

/// <summary>How the labels of one model come in.</summary>
/// <param name="Model">The model they train.</param>
/// <param name="Source">The source they are rows of.</param>
/// <param name="Matured">Predictions, or requests, whose label window has passed.</param>
/// <param name="Labelled">Those of them that got a label.</param>
/// <param name="Coverage">Their share; null before the first one matured.</param>
/// <param name="Repeated">Label rows that say again what is known of their key.</param>
/// <param name="Conflicting">Label rows that say something else than an earlier row of their key.</param>
/// <param name="Unmatched">Label rows of a key without a request in its window: unknown, too early or too late.</param>
/// <param name="DelaySeconds">Quantiles of the time from request to label, in seconds, within 3 percent beyond a minute.</param>
/// <param name="Days">The last days, oldest first.</param>
/// <param name="Findings">What is out of the ordinary.</param>
public sealed record LabelReport(
    string Model,
    string Source,
    long Matured,
    long Labelled,
    double? Coverage,
    long Repeated,
    long Conflicting,
    long Unmatched,
    IReadOnlyDictionary<string, double> DelaySeconds,
    IReadOnlyList<LabelDay> Days,
    IReadOnlyList<Finding> Findings)
{
    /// <summary>What was joined: <c>predictions</c>, or <c>requests</c> (rows of the model's request source) while nothing was predicted.</summary>
    public required string Basis { get; init; }
}
