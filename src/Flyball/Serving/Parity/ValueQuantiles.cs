using Flyball.Engine.Profiles;

namespace Flyball.Serving.Parity;

/// <summary>Five points of a distribution. Exact up to 128 values, then within <see cref="QuantileSketch.RankError"/> of the rank.</summary>
public sealed record ValueQuantiles(double P01, double P25, double P50, double P75, double P99)
{
    internal static ValueQuantiles? Of(QuantileSketch sketch) =>
        sketch.Quantiles(0.01, 0.25, 0.5, 0.75, 0.99) is [var low, var first, var median, var third, var high] ? new ValueQuantiles(low, first, median, third, high) : null;
}
