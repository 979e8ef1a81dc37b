using Flyball.Engine.Problems;
using Flyball.Server.Cli;
using Flyball.Server.LoadTests;

namespace Flyball.Tests.LoadTests;

public sealed class LoadSearchTests
{
    private static readonly LoadTerms Terms = new(TimeSpan.FromMilliseconds(50), 0.99, 8, TimeSpan.FromSeconds(1), 100_000);

    private readonly List<double> offered = [];

    [Theory]
    [InlineData(70)]
    [InlineData(730)]
    [InlineData(51_234)]
    public async Task The_highest_rate_that_holds_is_found_to_within_a_tenth(double capacity)
    {
        var best = await SearchAsync(Terms, rate => Step(rate, latency: rate > capacity ? 200 : 5));

        Assert.InRange(best!.Rate, capacity / 1.1, capacity);
        Assert.InRange(offered.Count, 1, 24);
    }

    [Fact]
    public async Task A_budget_that_breaks_at_once_has_no_rate()
    {
        Assert.Null(await SearchAsync(Terms, rate => Step(rate, latency: 51)));
        Assert.All(offered, rate => Assert.Equal(Terms.First, rate));
    }

    [Fact]
    public async Task It_ends_at_the_highest_rate_that_may_be_offered() =>
        Assert.Equal(300, (await SearchAsync(Terms with { Most = 300 }, rate => Step(rate, latency: 1)))!.Rate);

    [Fact]
    public async Task One_bad_moment_is_no_limit()
    {
        var best = await SearchAsync(Terms with { Most = 400 }, rate => Step(rate, latency: offered.Count == 3 ? 500 : 1));

        Assert.Equal([50, 100, 200, 200, 400], offered);
        Assert.Equal(400, best!.Rate);
    }

    [Theory]
    [InlineData(1000, 1, 0, 5.0, 1.0, null)]
    [InlineData(1000, 2, 0, 5.0, 1.0, "refused")]
    [InlineData(1000, 0, 12, 5.0, 1.0, "degraded")]
    [InlineData(1000, 0, 10, 5.0, 1.0, null)]
    [InlineData(1000, 0, 0, 50.1, 1.0, "p99 is 50.1 ms")]
    [InlineData(1000, 0, 0, 5.0, 0.94, "answered")]
    [InlineData(0, 0, 0, 5.0, 1.0, "nothing was answered")]
    public void A_step_says_why_it_breaks(int requests, int refused, int degraded, double latency, double reached, string? why)
    {
        var step = new LoadStep(1000, 1000 * reached, requests, [.. Enumerable.Repeat(latency, requests)], refused, degraded);

        var breaks = step.BreaksAt(Terms, usual: 0.01);

        Assert.Equal(why is null, breaks is null);
        Assert.Contains(why ?? "", breaks ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0ms", "p99", 1, 1, 1)]
    [InlineData("61s", "p99", 1, 1, 1)]
    [InlineData("50ms", "99", 1, 1, 1)]
    [InlineData("50ms", "p49", 1, 1, 1)]
    [InlineData("50ms", "p99", 0, 1, 1)]
    [InlineData("50ms", "p99", 1, double.NaN, 1)]
    [InlineData("50ms", "p99", 1, 1, 0.5)]
    public void An_option_out_of_its_bounds_is_refused(string budget, string quantile, int connections, double seconds, double most) =>
        Assert.Equal("FLY3935", Assert.Throws<FlyballException>(() => LoadtestCommand.Terms(budget, quantile, connections, seconds, most)).Problem.Code);

    [Fact]
    public void Options_become_terms() => Assert.Equal(
        new LoadTerms(TimeSpan.FromMilliseconds(50), 0.999, 8, TimeSpan.FromSeconds(2), 100), LoadtestCommand.Terms("50ms", "p99.9", 8, 2, 100));

    [Fact]
    public void A_quantile_is_a_latency_that_was_measured()
    {
        var step = new LoadStep(1, 1, 200, [.. Enumerable.Range(1, 200).Select(i => (double)i)], 0, 0);

        Assert.Equal((100, 198, 200), (step.P50, step.P99, step.Quantile(0.9999)));
    }

    private async Task<LoadStep?> SearchAsync(LoadTerms terms, Func<double, LoadStep> offer) => await new LoadSearch(
        terms,
        rate =>
        {
            offered.Add(rate);
            return Task.FromResult(offer(rate));
        },
        (_, _) => { }).RunAsync();

    private static LoadStep Step(double rate, double latency) => new(rate, rate, 100, [.. Enumerable.Repeat(latency, 100)], 0, 0);
}
