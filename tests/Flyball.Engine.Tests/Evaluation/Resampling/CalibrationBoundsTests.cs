using Flyball.Engine.Evaluation.Metrics;
using Flyball.Engine.Evaluation.Resampling;

namespace Flyball.Engine.Tests.Evaluation.Resampling;

/// <summary>Calibration errors have bounds that hold the figure and, as often as they say, the truth.</summary>
public sealed class CalibrationBoundsTests
{
    private static readonly IntervalOptions Usual = new() { Seed = 5, Replicates = 199 };

    /// <summary>What a model card once showed: an interval of quantiles that lay wholly above its own figure.</summary>
    [Theory]
    [InlineData("calibration_error_equal_mass")]
    [InlineData("expected_calibration_error")]
    public void The_interval_holds_the_figure_where_quantiles_of_replicates_lie_above_it(string name)
    {
        // One calibrated sample in several is such that the quantiles, which are what other metrics have, do not hold the figure.
        var metric = MetricCatalogue.Named(name);
        var rows = Enumerable.Range(1, 60).Select(seed => Sample(seed, 500, p => p)).First(r => Replicates(r, metric)[4] > metric.Measure(r).Value);

        var interval = MetricBootstrap.Interval(rows, metric, Usual);

        var value = interval.Value.Value!.Value;
        Assert.InRange(value, interval.Lower.Value!.Value, interval.Upper.Value!.Value);
        Assert.True(interval.Lower.Value < value && value < interval.Upper.Value);
    }

    [Theory]
    [InlineData("expected_calibration_error", "calibrated", 400)]
    [InlineData("calibration_error_equal_mass", "calibrated", 400)]
    [InlineData("expected_calibration_error", "squared", 400)]
    [InlineData("calibration_error_equal_mass", "squared", 400)]
    [InlineData("expected_calibration_error", "halfway", 400)]
    [InlineData("calibration_error_equal_mass", "halfway", 1500)]
    [InlineData("maximum_calibration_error", "calibrated", 1500)]
    [InlineData("maximum_calibration_error", "squared", 1500)]
    public void The_interval_holds_the_truth_in_at_least_nineteen_of_twenty_samples(string name, string truth, int count)
    {
        var chance = Chances(truth);
        var (metric, exact) = (MetricCatalogue.Named(name), Truth(chance, name == "maximum_calibration_error"));
        const int Samples = 120;
        var (held, widest) = (0, 0.0);
        for (var seed = 0; seed < Samples; seed++)
        {
            var interval = MetricBootstrap.Interval(Sample(100 + seed, count, chance), metric, Usual with { Seed = (ulong)seed + 1 });
            held += interval.Lower.Value <= exact + 1e-12 && exact <= interval.Upper.Value ? 1 : 0;
            widest = Math.Max(widest, interval.Upper.Value!.Value - interval.Lower.Value!.Value);
        }

        // 120 samples of a true 95 % hold it in fewer than 108 with a chance below 0.4 %; and an interval of everything would be no bounds.
        Assert.True(held >= 108, $"{held} of {Samples} hold {exact:F4}");
        Assert.True(widest < (name == "maximum_calibration_error" ? 0.4 : 0.22), $"{widest:F3} wide");
    }

    [Fact]
    public void A_miscalibrated_model_is_told_from_a_calibrated_one()
    {
        var metric = MetricCatalogue.Named("expected_calibration_error");

        Assert.Equal(0, MetricBootstrap.Interval(Sample(3, 3000, p => p), metric, Usual).Lower.Value!.Value, 2);
        Assert.True(MetricBootstrap.Interval(Sample(3, 3000, p => p * p), metric, Usual).Lower.Value > 0.12);
    }

    [Fact]
    public void The_largest_gap_has_no_bounds_while_a_bin_has_a_handful_of_rows()
    {
        var interval = MetricBootstrap.Interval(Sample(4, 40, p => p), MetricCatalogue.Named("maximum_calibration_error"), Usual);

        Assert.NotNull(interval.Value.Value);
        Assert.Contains("its gap has bounds from 10", interval.Upper.Insufficient, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_seed_gives_the_same_bounds()
    {
        var (rows, metric) = (Sample(5, 500, p => p * p), MetricCatalogue.Named("calibration_error_equal_mass"));

        Assert.Equal(MetricBootstrap.Interval(rows, metric, Usual), MetricBootstrap.Interval(rows, metric, Usual));
        Assert.NotEqual(MetricBootstrap.Interval(rows, metric, Usual), MetricBootstrap.Interval(rows, metric, Usual with { Seed = 6 }));
    }

    private static Func<double, double> Chances(string name) => name switch
    {
        "calibrated" => p => p,
        "squared" => p => p * p,
        // Off by little, and on one half only: gaps that are neither surely there nor surely not.
        _ => p => p < 0.5 ? p : p - 0.06,
    };

    /// <summary>Scores are uniform, and a row is positive with the chance that belongs to its score.</summary>
    private static ScoredRows Sample(int seed, int count, Func<double, double> chance)
    {
        var random = new Random(seed);
        double[] scores = [.. Enumerable.Range(0, count).Select(_ => random.NextDouble())];
        return ScoredRows.Binary(scores, [.. scores.Select(s => random.NextDouble() < chance(s))]);
    }

    /// <summary>The error over ten bins of infinitely many such rows, whose bins of equal mass are those of equal width.</summary>
    private static double Truth(Func<double, double> chance, bool largest)
    {
        const int Points = 10_000;
        double[] gaps = [.. Enumerable.Range(0, 10).Select(bin => Enumerable.Range(0, Points).Average(i => ((bin + ((i + 0.5) / Points)) / 10) - chance((bin + ((i + 0.5) / Points)) / 10)))];
        return largest ? gaps.Max(Math.Abs) : gaps.Average(Math.Abs);
    }

    /// <summary>The metric on resampled rows, ascending.</summary>
    private static double[] Replicates(ScoredRows rows, Metric metric)
    {
        var random = new Random(17);
        var places = new int[rows.Count];
        return
        [
            .. Enumerable.Range(0, 199).Select(_ =>
            {
                for (var i = 0; i < places.Length; i++)
                {
                    places[i] = random.Next(rows.Count);
                }

                return metric.Measure(rows, places).Value!.Value;
            }).Order(),
        ];
    }
}
