using System.Text.Json.Serialization;

namespace Flyball.Engine.Evaluation;

/// <summary>
/// A metric, or why there is none. Degenerate input (no rows, one class, a NaN among the scores) is <c>insufficient</c> with a
/// reason and never a NaN, so that no gate passes or fails on a number that means nothing.
/// </summary>
public readonly record struct MetricValue
{
    [JsonConstructor]
    public MetricValue(double? value, string? insufficient)
    {
        if (value is null == insufficient is null)
        {
            throw new ArgumentException("A metric has either a value or a reason.", nameof(insufficient));
        }

        if (value is { } number && !double.IsFinite(number))
        {
            throw new ArgumentException("A metric is finite.", nameof(value));
        }

        Value = value;
        Insufficient = insufficient;
    }

    /// <summary>The value; null when insufficient.</summary>
    public double? Value { get; }

    /// <summary>Why there is no value; null when there is one.</summary>
    public string? Insufficient { get; }

    public static MetricValue Of(double value) => new(value, null);

    public static MetricValue None(string reason) => new(null, reason);

    public override string ToString() =>
        Value is { } value ? value.ToString("R", System.Globalization.CultureInfo.InvariantCulture) : $"insufficient: {Insufficient}";

    internal static MetricValue Ratio(double numerator, double denominator, string reason) =>
        denominator == 0 ? None(reason) : Of(numerator / denominator);
}
