using System.Globalization;

namespace Flyball.Contracts.Quality;

/// <summary>What a figure must be, as an operator of the standard says it. Both ends of an interval belong to it.</summary>
/// <param name="Operator">Such as <c>mustBeLessThan</c>.</param>
/// <param name="Low">The bound, or the lower end of an interval.</param>
/// <param name="High">The upper end of an interval; otherwise the same as <paramref name="Low"/>.</param>
internal sealed record QualityBound(string Operator, double Low, double High)
{
    /// <summary>The operators that take one number.</summary>
    public static IReadOnlyList<string> OfOne { get; } =
        ["mustBe", "mustNotBe", "mustBeGreaterThan", "mustBeGreaterOrEqualTo", "mustBeLessThan", "mustBeLessOrEqualTo"];

    /// <summary>The operators that take two.</summary>
    public static IReadOnlyList<string> OfTwo { get; } = ["mustBeBetween", "mustNotBeBetween"];

    public bool Holds(double figure) => Operator switch
    {
        "mustBe" => figure == Low,
        "mustNotBe" => figure != Low,
        "mustBeGreaterThan" => figure > Low,
        "mustBeGreaterOrEqualTo" => figure >= Low,
        "mustBeLessThan" => figure < Low,
        "mustBeLessOrEqualTo" => figure <= Low,
        "mustBeBetween" => figure >= Low && figure <= High,
        _ => figure < Low || figure > High,
    };

    /// <summary>The end of the bound that a figure broke.</summary>
    public double BrokenBy(double figure) => OfTwo.Contains(Operator, StringComparer.Ordinal) && figure > High ? High : Low;

    public override string ToString()
    {
        var low = Low.ToString("R", CultureInfo.InvariantCulture);
        var high = High.ToString("R", CultureInfo.InvariantCulture);
        return Operator switch
        {
            "mustBe" => $"be {low}",
            "mustNotBe" => $"not be {low}",
            "mustBeGreaterThan" => $"be greater than {low}",
            "mustBeGreaterOrEqualTo" => $"be {low} or more",
            "mustBeLessThan" => $"be less than {low}",
            "mustBeLessOrEqualTo" => $"be {low} or less",
            "mustBeBetween" => $"be between {low} and {high}",
            _ => $"not be between {low} and {high}",
        };
    }
}
