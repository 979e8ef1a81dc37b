using System.Globalization;

namespace Flyball.Engine.Evaluation.Metrics;

/// <summary>A number that a metric takes in parentheses, such as the k of <c>ndcg(10)</c>.</summary>
/// <param name="Name">For messages and the reference page.</param>
/// <param name="Default">Taken when it is not written; null when it must be.</param>
/// <param name="Least">Smallest value.</param>
/// <param name="Most">Largest value.</param>
/// <param name="Whole">Whether only whole numbers make sense.</param>
/// <param name="Open">Whether the two ends themselves are out.</param>
public sealed record MetricParameter(string Name, double? Default, double Least, double Most, bool Whole = false, bool Open = false)
{
    /// <summary>Why a value cannot be taken, or null.</summary>
    public string? Refuse(double value)
    {
        var inside = Open ? value > Least && value < Most : value >= Least && value <= Most;
        return inside && (!Whole || Math.Floor(value) == value)
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"{Name} is {(Whole ? "a whole number" : "a number")} {(Open ? "between" : "from")} {Least} {(Open ? "and" : "to")} {Most}");
    }
}
