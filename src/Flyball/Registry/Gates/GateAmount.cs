using System.Globalization;

namespace Flyball.Registry.Gates;

/// <summary>An amount of a gate: a number with an optional <c>%</c>, or a number with <c>us</c>, <c>ms</c> or <c>s</c>.</summary>
internal static class GateAmount
{
    /// <summary>The amount in the unit of the metric; null with what is wrong.</summary>
    public static double? Read(GateMetric metric, ReadOnlySpan<char> written, bool isMargin, out (string Code, string Message, string? Remedy) refused)
    {
        refused = default;
        written = written.Trim();
        var unitAt = written.LastIndexOfAnyInRange('0', '9') + 1;
        var unit = written[unitAt..].Trim().ToString();
        const NumberStyles style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (!double.TryParse(written[..unitAt], style, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
        {
            refused = ("FLY1150", $"'{written}' is not a number.", null);
            return null;
        }

        if (isMargin && (number < 0 || written[0] is '+' or '-'))
        {
            refused = ("FLY1152", "A margin has no sign of its own.", "Write champion - 0.005 or champion + 0.005.");
            return null;
        }

        var scaled = (metric.Kind, unit) switch
        {
            (GateMetricKind.Duration, "us") => number,
            (GateMetricKind.Duration, "ms") => number * 1_000,
            (GateMetricKind.Duration, "s") => number * 1_000_000,
            (not GateMetricKind.Duration, "") => number,

            // Of the champion's figure, or points? Nobody can tell, so a margin is never a percentage.
            (GateMetricKind.Share, "%") when !isMargin => number / 100,
            _ => double.NaN,
        };
        if (double.IsNaN(scaled))
        {
            refused = ("FLY1152", $"'{written}' is not an amount of {metric.Name}.", metric.Kind == GateMetricKind.Duration ? "Give a time, such as 5ms." : "Give a plain number, such as 0.02.");
            return null;
        }

        var inRange = metric.Kind switch
        {
            GateMetricKind.Share => scaled is >= 0 and <= 1,
            GateMetricKind.Duration => scaled >= 0,
            _ => true,
        };
        if (!inRange)
        {
            refused = ("FLY1152", $"{metric.Name} is never {written}.", metric.Kind == GateMetricKind.Share ? "Give a number from 0 to 1." : "Give a time of zero or more.");
            return null;
        }

        return scaled;
    }
}
