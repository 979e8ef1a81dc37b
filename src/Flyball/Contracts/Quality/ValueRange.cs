namespace Flyball.Contracts.Quality;

/// <summary>Between which values a numeric column of the reference lay.</summary>
/// <param name="Least">The least value.</param>
/// <param name="Greatest">The greatest.</param>
/// <param name="OutsideScale">Share of rows of a piece that lie outside of the rest of the reference.</param>
public sealed record ValueRange(double Least, double Greatest, EffectScale OutsideScale);
