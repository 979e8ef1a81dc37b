namespace Flyball.Serving;

/// <summary>One prediction, made again.</summary>
/// <param name="Identical">Features, raw output, score and decision agree bit for bit.</param>
/// <param name="Served">The score that was answered.</param>
/// <param name="Reproduced">The score that came out now.</param>
/// <param name="Difference">The first difference; null when identical.</param>
public sealed record ReproducedPrediction(string RequestId, bool Identical, string Digest, double Served, double Reproduced, string? Difference);

/// <summary>A sample of logged predictions, made again.</summary>
/// <param name="Served">Predictions the sample was drawn from.</param>
public sealed record ParityReport(long Served, int Compared, int Identical, IReadOnlyList<ReproducedPrediction> Mismatches);
