using Flyball.Engine.Expressions;

namespace Flyball.Training.ModelTests;

/// <summary>A representative request with the answer expected.</summary>
/// <param name="Line">Line of the file, from 1.</param>
/// <param name="Request">The row in the order of the request's schema.</param>
/// <param name="Prediction">The score expected; null when only the decision counts.</param>
/// <param name="Tolerance">How far the score may be from it.</param>
/// <param name="Decision">The decision expected; null when only the score counts.</param>
public sealed record GoldenCase(int Line, Value[] Request, double? Prediction, double Tolerance, string? Decision);
