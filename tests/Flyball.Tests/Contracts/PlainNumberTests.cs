using System.Globalization;
using System.Text;
using Flyball.Contracts.Rows;

namespace Flyball.Tests.Contracts;

public sealed class PlainNumberTests
{
    /// <summary>The general formatter is the oracle: whatever is written here is what it writes, and whatever is not is left to it.</summary>
    [Fact]
    public void What_is_written_is_the_shortest_round_trip_form()
    {
        var draw = new Random(20_260_401);
        var written = 0;
        for (var i = 0; i < 300_000; i++)
        {
            var value = (i % 6) switch
            {
                0 => Math.Round(draw.NextDouble() * 1_000, draw.Next(0, 10)),
                1 => Math.Round((draw.NextDouble() - 0.5) * Math.Pow(10, draw.Next(-6, 16)), draw.Next(0, 10)),
                2 => BitConverter.Int64BitsToDouble(draw.NextInt64()),
                3 => Math.BitIncrement(Math.Round(draw.NextDouble() * 100, 3)),
                4 => draw.NextInt64(-(1L << 55), 1L << 55),
                _ => draw.NextDouble(),
            };
            written += Same(value) ? 1 : 0;
        }

        Assert.True(written > 50_000, $"{written}");
        Same(-0.0);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(0.0001)]
    [InlineData(0.00009999)]
    [InlineData(99999999999.9999)]
    [InlineData(1e11)]
    [InlineData(999999.999999999)]
    [InlineData(1000000)]
    [InlineData(-0.1)]
    [InlineData(5e-324)]
    [InlineData(0.30000000000000004)]
    public void Numbers_at_the_edges_are_written_alike_or_left_alone(double value) => Same(value);

    private static bool Same(double value)
    {
        Span<byte> into = stackalloc byte[40];
        if (!PlainNumber.TryWrite(value, into, out var length))
        {
            return false;
        }

        Assert.Equal(value.ToString(CultureInfo.InvariantCulture), Encoding.ASCII.GetString(into[..length]));
        return true;
    }
}
