using Flyball.Engine.Expressions;
using Flyball.Engine.Profiles;

namespace Flyball.Engine.Tests.Profiles;

public sealed class DistinctSketchTests
{
    private static readonly Func<int, Value>[] Kinds =
        [i => Value.FromInteger(i), i => Value.FromText("customer-" + i), i => Value.FromNumber(i / 8.0), i => Value.FromText(new string('x', i % 50) + i)];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(256)]
    public void Few_values_are_counted_exactly(int distinct)
    {
        foreach (var kind in Kinds)
        {
            var sketch = Of(kind, 0, distinct, times: 3);
            Assert.True(sketch.IsExact);
            Assert.Equal(distinct, sketch.Estimate);
        }
    }

    [Fact]
    public void Many_values_are_within_the_stated_standard_error()
    {
        foreach (var kind in Kinds)
        {
            var squares = 0.0;
            var seen = 0;
            foreach (var distinct in new[] { 257, 1_000, 4_000, 10_000, 20_000, 60_000, 200_000 })
            {
                var error = (Of(kind, 0, distinct).Estimate / (double)distinct) - 1;
                Assert.InRange(Math.Abs(error), 0, 4 * DistinctSketch.StandardError);
                squares += error * error;
                seen++;
            }

            Assert.InRange(Math.Sqrt(squares / seen), 0, 1.6 * DistinctSketch.StandardError);
        }
    }

    [Fact]
    public void The_error_over_many_sets_is_the_stated_one()
    {
        var squares = 0.0;
        for (var set = 0; set < 200; set++)
        {
            var from = set * 1_000_000;
            var error = (Of(i => Value.FromInteger(i), from, from + 30_000).Estimate / 30_000.0) - 1;
            squares += error * error;
        }

        var deviation = Math.Sqrt(squares / 200);
        TestContext.Current.TestOutputHelper?.WriteLine($"{deviation:P3}");
        Assert.InRange(deviation, 0.8 * DistinctSketch.StandardError, 1.2 * DistinctSketch.StandardError);
    }

    [Theory]
    [InlineData(100, 200)]
    [InlineData(200, 400)]
    [InlineData(5_000, 9_000)]
    [InlineData(10, 9_000)]
    public void Merging_gives_the_state_of_the_whole(int split, int end)
    {
        var whole = Of(Kinds[1], 0, end);
        var merged = Of(Kinds[1], 0, split);
        merged.Merge(Of(Kinds[1], split / 2, end));
        var turned = Of(Kinds[1], split / 2, end);
        turned.Merge(Of(Kinds[1], 0, split));

        Assert.Equal(whole.ToJson().ToJsonString(), merged.ToJson().ToJsonString());
        Assert.Equal(whole.ToJson().ToJsonString(), turned.ToJson().ToJsonString());
        Assert.Equal(whole.Estimate, DistinctSketch.Read(merged.ToJson()).Estimate);
    }

    [Fact]
    public void Without_exact_hashes_few_values_are_still_counted_well()
    {
        var sketch = new DistinctSketch(exactWhileFew: false);
        Assert.Equal(0, sketch.Estimate);
        for (var i = 0; i < 100; i++)
        {
            sketch.Add(Value.FromInteger(i));
        }

        Assert.False(sketch.IsExact);
        Assert.InRange(sketch.Estimate, 96, 104);
        Assert.DoesNotContain("hashes", sketch.ToJson().ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_register_that_no_hash_gives_is_damage()
    {
        var registers = new byte[4096];
        registers[7] = 54;
        Assert.Throws<InvalidDataException>(() => DistinctSketch.Read(new() { ["registers"] = Convert.ToBase64String(registers) }));
    }

    private static DistinctSketch Of(Func<int, Value> kind, int from, int to, int times = 1)
    {
        var sketch = new DistinctSketch();
        for (var time = 0; time < times; time++)
        {
            for (var i = from; i < to; i++)
            {
                sketch.Add(kind(i));
            }
        }

        return sketch;
    }
}
