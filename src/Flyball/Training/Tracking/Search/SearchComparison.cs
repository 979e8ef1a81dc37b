namespace Flyball.Training.Tracking.Search;

/// <summary>One comparison of a filter; all of them must hold.</summary>
/// <param name="Field">What is compared.</param>
/// <param name="Operator">How.</param>
/// <param name="Texts">The texts it is compared with: one, or several for IN; none when it is a number.</param>
/// <param name="Number">The number it is compared with.</param>
public sealed record SearchComparison(SearchField Field, SearchOperator Operator, IReadOnlyList<string> Texts, double Number);
