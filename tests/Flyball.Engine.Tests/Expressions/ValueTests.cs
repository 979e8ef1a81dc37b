using System.Runtime.CompilerServices;
using Flyball.Engine.Expressions;

namespace Flyball.Engine.Tests.Expressions;

public sealed class ValueTests
{
    [Fact]
    public void A_value_takes_sixteen_bytes() => Assert.Equal(16, Unsafe.SizeOf<Value>());

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void A_number_that_is_not_finite_is_null(double number) => Assert.True(Value.FromNumber(number).IsNull);

    [Fact]
    public void There_is_one_zero() => Assert.Equal(Value.FromNumber(0.0), Value.FromNumber(-0.0));

    [Fact]
    public void Values_of_different_types_differ_even_with_equal_bits()
    {
        Value[] values = [Value.Null, Value.FromInteger(0), Value.FromNumber(0), Value.FromBoolean(false), Value.FromTimestamp(0), Value.FromText("")];
        Assert.Equal(values.Length, values.Distinct().Count());
        Assert.Equal(Value.FromText("ab"), Value.FromText(string.Concat("a", "b")));
    }

    [Fact]
    public void Reading_the_wrong_type_is_refused()
    {
        Assert.Throws<InvalidOperationException>(() => Value.FromInteger(1).AsNumber);
        Assert.Throws<InvalidOperationException>(() => Value.Null.AsText);
        Assert.True(Value.FromInteger(1).TryGetNumber(out var one) && one == 1.0);
        Assert.False(Value.FromBoolean(true).TryGetNumber(out _));
        Assert.False(Value.Null.TryGetNumber(out _));
    }

    [Theory]
    [InlineData("7d", 604_800_000_000)]
    [InlineData("2w", 1_209_600_000_000)]
    [InlineData("15m", 900_000_000)]
    [InlineData("5us", 5)]
    [InlineData("36500d", DurationText.MaxMicros)]
    public void A_duration_is_a_whole_number_and_a_unit(string text, long micros)
    {
        Assert.True(DurationText.TryParse(text, out var read));
        Assert.Equal(micros, read);
        Assert.True(DurationText.TryParse(DurationText.Format(micros), out var again));
        Assert.Equal(micros, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("d")]
    [InlineData("7")]
    [InlineData("-7d")]
    [InlineData("7 d")]
    [InlineData("7y")]
    [InlineData("36501d")]
    [InlineData("99999999999999999999d")]
    public void Other_texts_are_not_durations(string text) => Assert.False(DurationText.TryParse(text, out _));
}
