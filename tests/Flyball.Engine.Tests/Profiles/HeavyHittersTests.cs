using Flyball.Engine.Expressions;
using Flyball.Engine.Profiles;
using Flyball.Engine.Tests.Oracles;

namespace Flyball.Engine.Tests.Profiles;

public sealed class HeavyHittersTests
{
    [Fact]
    public void Up_to_127_values_are_counted_exactly()
    {
        var summary = Of(Enumerable.Range(0, 12_700).Select(i => $"v{i % 127}"));

        Assert.Equal(0, summary.Error);
        Assert.Equal(127, summary.ToList().Count);
        Assert.All(summary.ToList(), v => Assert.Equal(100, v.Count));
    }

    [Fact]
    public void Ties_are_ordered_by_value() => Assert.Equal(["a", "b", "c"], Of(["c", "b", "a"]).ToList().Select(v => v.Value.AsText));

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(200)]
    public void Each_count_is_within_the_stated_error_merged_or_not(int parts)
    {
        foreach (var steepness in new[] { 1.0, 3.0, 8.0 })
        {
            var stream = Stream(60_000, steepness);
            var summary = new HeavyHitters();
            foreach (var part in stream.Chunk((stream.Length / parts) + 1))
            {
                summary.Merge(Of(part));
            }

            AssertWithinError(stream, summary);
        }
    }

    [Fact]
    public void A_value_of_more_than_a_65th_of_all_is_always_found()
    {
        var stream = Enumerable.Range(0, 65_000).Select(i => i % 64 == 0 ? "heavy" : $"once {i}").ToArray();

        Assert.Equal("heavy", Of(stream).ToList()[0].Value.AsText);
    }

    [Fact]
    public void A_summary_that_was_stored_goes_on_as_the_one_that_was_not()
    {
        var stream = Stream(9_000, 2);
        var kept = Of(stream[..5_000]);
        var stored = HeavyHitters.Read(kept.ToJson(), ScalarType.Text);
        foreach (var text in stream[5_000..])
        {
            kept.Add(Value.FromText(text));
            stored.Add(Value.FromText(text));
        }

        Assert.Equal(kept.ToJson().ToJsonString(), stored.ToJson().ToJsonString());
    }

    private static void AssertWithinError(string[] stream, HeavyHitters summary)
    {
        Assert.InRange(summary.Error, 0, stream.Length / HeavyHitters.ErrorDivisor);
        var truth = stream.CountBy(s => s).ToDictionary();
        var counted = summary.ToList().ToDictionary(v => v.Value.AsText, v => v.Count);
        foreach (var (text, count) in truth)
        {
            Assert.InRange(count - counted.GetValueOrDefault(text), 0, summary.Error);
        }
    }

    private static string[] Stream(int count, double steepness)
    {
        var numbers = new SeededNumbers(11);
        return [.. Enumerable.Range(0, count).Select(_ => $"v{(int)(Math.Pow(numbers.Uniform(), steepness) * 5_000)}")];
    }

    private static HeavyHitters Of(IEnumerable<string> texts)
    {
        var summary = new HeavyHitters();
        foreach (var text in texts)
        {
            summary.Add(Value.FromText(text));
        }

        return summary;
    }
}
