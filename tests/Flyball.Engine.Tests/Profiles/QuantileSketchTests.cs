using FsCheck.Fluent;
using Flyball.Engine.Profiles;
using Flyball.Engine.Tests.Oracles;

namespace Flyball.Engine.Tests.Profiles;

public sealed class QuantileSketchTests
{
    public static TheoryData<string, int> Streams => new()
    {
        { "random", 1_000 }, { "random", 50_000 }, { "random", 400_000 }, { "ascending", 100_000 }, { "descending", 100_000 },
        { "few values", 100_000 }, { "skewed", 100_000 }, { "zigzag", 100_000 },
    };

    [Theory]
    [MemberData(nameof(Streams))]
    public void Ranks_of_all_values_are_within_the_stated_error(string kind, int count)
    {
        var values = Stream(kind, count, 3);
        var sketch = Sketch(values);

        Assert.Equal(count, sketch.Count);
        var error = WorstRankError(sketch, values);
        TestContext.Current.TestOutputHelper?.WriteLine($"{kind} {count}: {error:P3} with {sketch.Held} values held");
        Assert.InRange(error, 0, QuantileSketch.RankError);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(31)]
    [InlineData(300)]
    public void Merged_parts_keep_the_stated_error_of_the_whole(int parts)
    {
        var values = Stream("skewed", 120_000, 5);
        var whole = new QuantileSketch();
        foreach (var part in values.Chunk((values.Length / parts) + 1))
        {
            whole.Merge(Sketch(part));
        }

        Assert.Equal(values.Length, whole.Count);
        Assert.InRange(WorstRankError(whole, values), 0, QuantileSketch.RankError);
    }

    [Fact]
    public void The_stated_error_holds_in_99_of_100_streams()
    {
        var beyond = 0;
        for (var seed = 0; seed < 200; seed++)
        {
            var values = Stream("random", 20_000, (ulong)seed);
            beyond += WorstRankError(Sketch(values), values) > QuantileSketch.RankError ? 1 : 0;
        }

        Assert.InRange(beyond, 0, 2);
    }

    [Fact]
    public void Up_to_128_values_quantiles_are_exact() => FsCheck.Check.One(FsCheck.Config.QuickThrowOnFailure, Prop.ForAll(
        Gen.ArrayOf(Gen.Choose(-50, 50)).Where(a => a.Length is > 0 and <= 128).ToArbitrary(),
        whole =>
        {
            double[] values = [.. whole.Select(v => (double)v)];
            var sketch = Sketch(values);
            Array.Sort(values);
            return sketch.Quantiles(0, 0.5, 1) is [var least, var middle, var most]
                && least == values[0] && most == values[^1] && middle == values[(int)Math.Ceiling(values.Length / 2.0) - 1];
        }));

    [Fact]
    public void A_sketch_that_was_stored_goes_on_as_the_one_that_was_not()
    {
        var values = Stream("random", 10_000, 1);
        var kept = Sketch(values.AsSpan(0, 7_777).ToArray());
        var stored = QuantileSketch.Read(kept.ToJson());
        foreach (var value in values.AsSpan(7_777..))
        {
            kept.Add(value);
            stored.Add(value);
        }

        Assert.Equal(kept.ToJson().ToJsonString(), stored.ToJson().ToJsonString());
    }

    [Fact]
    public void Memory_grows_with_the_logarithm_only() => Assert.InRange(Sketch(Stream("random", 400_000, 2)).Held, 1, 1_000);

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_value_that_is_not_finite_is_refused(double value) => Assert.Throws<ArgumentException>(() => new QuantileSketch().Add(value));

    [Fact]
    public void A_state_whose_weights_do_not_add_up_is_damaged()
    {
        var json = Sketch([1, 2, 3]).ToJson();
        json["count"] = 4;
        Assert.Throws<InvalidDataException>(() => QuantileSketch.Read(json));
    }

    [Fact]
    public void An_empty_sketch_has_no_quantiles() => Assert.Empty(new QuantileSketch().Quantiles(0.5));

    private static QuantileSketch Sketch(ReadOnlySpan<double> values)
    {
        var sketch = new QuantileSketch();
        foreach (var value in values)
        {
            sketch.Add(value);
        }

        return sketch;
    }

    private static double[] Stream(string kind, int count, ulong seed)
    {
        var numbers = new SeededNumbers(seed);
        return [.. Enumerable.Range(0, count).Select(i => kind switch
        {
            "ascending" => i,
            "descending" => -i,
            "few values" => Math.Floor(numbers.Uniform() * 12),
            "skewed" => Math.Exp(6 * numbers.Uniform()) * numbers.Uniform(),
            "zigzag" => i % 2 == 0 ? i : -i,
            _ => numbers.Uniform(),
        })];
    }

    /// <summary>The naive oracle: sort everything and compare the ranks of a thousand of its values.</summary>
    private static double WorstRankError(QuantileSketch sketch, double[] values)
    {
        double[] sorted = [.. values.Order()];
        var worst = 0.0;
        for (var i = 0; i < 1_000; i++)
        {
            var at = (int)((long)i * (sorted.Length - 1) / 999);
            var above = at;
            while (above + 1 < sorted.Length && sorted[above + 1] == sorted[at] && above < at + 200_000)
            {
                above++;
            }

            worst = Math.Max(worst, Math.Abs(sketch.RankOf(sorted[at]) - ((above + 1.0) / sorted.Length)));
        }

        return worst;
    }
}
