using Flyball.Training.Leakage;
using Flyball.Training.Tasks;

namespace Flyball.Tests.Training.Leakage;

/// <summary>How well one feature tells the label, where positives are so rare that they are in no quantile.</summary>
public sealed class FeatureStrengthTests
{
    private const int Rows = 20_000;

    /// <summary>One row in two hundred.</summary>
    private static readonly float[] Labels = [.. Enumerable.Range(0, Rows).Select(i => i * 7919 % Rows < Rows / 200 ? 1f : 0f)];

    [Fact]
    public void A_rare_flag_that_is_the_label_is_seen() => Assert.True(Of(i => Labels[i]) > 0.99);

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void A_number_that_is_extreme_when_the_label_is_there_is_seen(int sign) => Assert.True(Of(i => sign * ((100 * Labels[i]) + (i % 997 / 997f))) > 0.99);

    [Fact]
    public void Numbers_that_say_nothing_of_the_label_stay_below_suspicion()
    {
        var random = new Random(3);
        Assert.InRange(Of(_ => (float)random.NextDouble()), 0.3, 0.7);
        Assert.InRange(Of(_ => random.Next(200) == 0 ? 1 : 0), 0.4, 0.6);
    }

    private static double Of(Func<int, float> value) => FeatureStrength.Of(ModelTasks.Binary, 2, [.. Enumerable.Range(0, Rows).Select(value)], Labels);
}
