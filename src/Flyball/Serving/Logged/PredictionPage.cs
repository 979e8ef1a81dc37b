namespace Flyball.Serving.Logged;

/// <summary>A part of the answer to a query.</summary>
/// <param name="Predictions">In the order asked for.</param>
/// <param name="Next">The position to go on after; null when there is nothing more.</param>
public sealed record PredictionPage(IReadOnlyList<LoggedPrediction> Predictions, long? Next);
