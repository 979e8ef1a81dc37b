using Flyball.Engine.Expressions;

namespace Flyball.Engine.Windows;

/// <summary>
/// <c>sum mean var std trend</c>: functions of the exact sums of the values that entered. An integer's sum stays an integer, null beyond
/// 64 bits; what leaves the range of a double is null.
/// </summary>
internal sealed class MomentAggregate(string name, MomentOrder order, MomentAggregate.Measure measure, int least = 1) : Aggregate(name)
{
    /// <summary>From the sums to the value; NaN and infinity become null.</summary>
    internal delegate double Measure(in Moments moments);

    public override string Accepts => "a number";

    /// <summary>The exact total, rounded once.</summary>
    public static MomentAggregate Sum() => new("sum", MomentOrder.Sum, static (in Moments m) => m.Sum);

    /// <summary>The sum, rounded to a double, divided by the count.</summary>
    public static MomentAggregate Mean() => new("mean", MomentOrder.Sum, static (in Moments m) => m.Sum / m.Count);

    /// <summary>Of a sample (n-1).</summary>
    public static MomentAggregate Variance() => new("var", MomentOrder.Squares, static (in Moments m) => m.SampleVariance, 2);

    /// <summary>The square root of the variance.</summary>
    public static MomentAggregate Deviation() => new("std", MomentOrder.Squares, static (in Moments m) => Math.Sqrt(m.SampleVariance), 2);

    /// <summary>The least-squares slope against time, a day being 1.</summary>
    public static MomentAggregate Trend() => new("trend", MomentOrder.Trend, static (in Moments m) => m.SlopePerDay, 2);

    public override AggregateFold? Of(ScalarType type, FoldOptions options) => type switch
    {
        ScalarType.Integer when Name == "sum" => new IntegerSum(),
        ScalarType.Integer => new Measuring(InputStorage.Integers, order, measure, least),
        ScalarType.Number => new Measuring(InputStorage.Numbers, order, measure, least),
        _ => null,
    };

    private sealed class IntegerSum() : AggregateFold(ScalarType.Integer, InputStorage.Integers, new(MomentOrder.Sum))
    {
        public override FoldOutcome Fold(in FoldInput input, out Value value)
        {
            value = input.Moments.TryGetInteger(out var sum) ? Value.FromInteger(sum) : Value.Null;
            return input.Count == 0 ? FoldOutcome.Empty : FoldOutcome.Folded;
        }
    }

    private sealed class Measuring(InputStorage storage, MomentOrder order, Measure measure, int least)
        : AggregateFold(ScalarType.Number, storage, new(order))
    {
        public override FoldOutcome Fold(in FoldInput input, out Value value)
        {
            value = input.Count < least ? Value.Null : Value.FromNumber(measure(input.Moments));
            return input.Count == 0 ? FoldOutcome.Empty : FoldOutcome.Folded;
        }
    }
}
