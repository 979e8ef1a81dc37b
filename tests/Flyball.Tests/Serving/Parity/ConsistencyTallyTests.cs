using Flyball.Engine.Expressions;
using Flyball.Serving.Parity;

namespace Flyball.Tests.Serving.Parity;

public sealed class ConsistencyTallyTests
{
    [Fact]
    public void Nulls_are_told_apart_by_side()
    {
        var tally = new ConsistencyTally("v.f");
        Assert.True(tally.Add(Value.Null, Value.Null));
        Assert.False(tally.Add(Value.Null, Value.FromNumber(1)));
        Assert.False(tally.Add(Value.FromNumber(1), Value.Null));
        Assert.True(tally.Add(Value.FromNumber(1), Value.FromNumber(1)));

        var report = tally.Report();

        Assert.Equal((4, 1, 1, 1, 2), (report.Compared, report.BothNull, report.LeftNull, report.RightNull, report.Mismatches));
        Assert.Equal(0.5, report.MismatchRate);
    }

    [Fact]
    public void Smape_is_the_mean_over_pairs_of_numbers_and_zero_at_zero()
    {
        var tally = new ConsistencyTally("v.f");
        tally.Add(Value.FromNumber(0), Value.FromNumber(0));
        tally.Add(Value.FromNumber(1), Value.FromNumber(3));
        tally.Add(Value.FromNumber(5), Value.Null);

        Assert.Equal((0 + (2.0 * 2 / 4)) / 2, tally.Report().Smape!.Value, 15);
    }

    [Fact]
    public void The_largest_numbers_do_not_overflow()
    {
        var tally = new ConsistencyTally("v.f");
        tally.Add(Value.FromNumber(double.MaxValue), Value.FromNumber(-double.MaxValue));

        Assert.Equal(2, tally.Report().Smape!.Value, 15);
        Assert.Null(tally.Report().Difference);
    }

    [Fact]
    public void Quantiles_are_of_each_side_and_of_left_minus_right()
    {
        var tally = new ConsistencyTally("v.f");
        for (var i = 1; i <= 100; i++)
        {
            tally.Add(Value.FromInteger(i), Value.FromInteger(2 * i));
        }

        var report = tally.Report();
        Assert.Equal((50, 100, -51), (report.Left!.P50, report.Right!.P50, report.Difference!.P50));
    }

    /// <summary>The last bit of a number counts, and an integer is not the number of the same size.</summary>
    [Fact]
    public void Bits_decide()
    {
        var tally = new ConsistencyTally("v.f");

        Assert.False(tally.Add(Value.FromNumber(0.1 + 0.2), Value.FromNumber(0.3)));
        Assert.False(tally.Add(Value.FromInteger(1), Value.FromNumber(1)));
        Assert.False(tally.Add(Value.FromBoolean(true), Value.FromInteger(1)));
    }
}
