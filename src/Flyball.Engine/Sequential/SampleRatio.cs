using Flyball.Engine.Statistics;

namespace Flyball.Engine.Sequential;

/// <summary>
/// Sample-ratio mismatch at one look: chi-square of assignment counts against the shares that were asked for. Looking more than
/// once needs <see cref="MultinomialTest"/>.
/// </summary>
public static class SampleRatio
{
    /// <summary>Customary alarm level: a mismatch is a defect, not a finding.</summary>
    public const double AlarmLevel = 0.001;

    /// <summary>
    /// The statistic and its p value with (arms of positive weight) - 1 degrees of freedom. A unit in an arm of weight 0 gives
    /// an infinite statistic and p = 0.
    /// </summary>
    public static (double Statistic, double PValue) Test(ReadOnlySpan<long> counts, ReadOnlySpan<double> weights)
    {
        if (counts.Length != weights.Length)
        {
            throw new ArgumentException($"{counts.Length} counts for {weights.Length} weights.", nameof(counts));
        }

        long total = 0;
        double sum = 0;
        var arms = 0;
        for (var i = 0; i < counts.Length; i++)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(counts[i], nameof(counts));
            ArgumentOutOfRangeException.ThrowIfNegative(weights[i], nameof(weights));
            total += counts[i];
            sum += weights[i];
            arms += weights[i] > 0 ? 1 : 0;
        }

        if (total == 0 || arms < 2)
        {
            return (0, 1);
        }

        double statistic = 0;
        for (var i = 0; i < counts.Length; i++)
        {
            var expected = total * weights[i] / sum;
            if (expected > 0)
            {
                statistic += (counts[i] - expected) * (counts[i] - expected) / expected;
            }
            else if (counts[i] > 0)
            {
                return (double.PositiveInfinity, 0);
            }
        }

        return (statistic, ChiSquare.Survival(statistic, arms - 1));
    }
}
