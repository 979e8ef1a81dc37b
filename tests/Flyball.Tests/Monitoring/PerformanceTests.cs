using Flyball.Engine.Time;
using Flyball.Monitoring;

namespace Flyball.Tests.Monitoring;

/// <summary>Realised performance: predictions joined to labels that come later.</summary>
public sealed class PerformanceTests
{
    private static readonly double[][] NoFeature = [.. Enumerable.Repeat(new double[1], 1000)];

    [Fact]
    public async Task Performance_that_fell_is_called_decay_and_alerts()
    {
        await using var fixture = await LabelledAsync(positives: 100, skill: false);

        var report = await fixture.CheckAsync(2, 3);

        Assert.Equal(("decay", 1000, 100), (report.Performance.Status, report.Performance.Rows, report.Performance.Positives));
        Assert.True(report.Performance.Upper < report.Performance.Reference - 0.1);
        Assert.Equal("performance_decay", Assert.Single(fixture.Firing()).Kind);
    }

    [Fact]
    public async Task Performance_that_held_is_fine()
    {
        await using var fixture = await LabelledAsync(positives: 100, skill: true);

        var report = await fixture.CheckAsync(2, 3);

        Assert.Equal("ok", report.Performance.Status);
        Assert.Empty(fixture.Firing());
    }

    [Fact]
    public async Task Too_few_positives_call_nothing_decay()
    {
        await using var fixture = await LabelledAsync(positives: 9, skill: false);

        var report = await fixture.CheckAsync(2, 3);

        Assert.Equal(("insufficient", 9), (report.Performance.Status, report.Performance.Positives));
        Assert.Contains("9 positives", report.Performance.Reason, StringComparison.Ordinal);
        Assert.Empty(fixture.Firing());
    }

    [Fact]
    public async Task A_request_counts_only_when_its_label_window_has_closed()
    {
        await using var fixture = await LabelledAsync(positives: 100, skill: false);

        Assert.Equal(0, (await fixture.CheckAsync(1, 2)).Performance.Rows);
        Assert.Equal(500, (await fixture.CheckAsync(1.5, 2.5)).Performance.Rows);
        Assert.Equal(1000, (await fixture.CheckAsync(2, 3)).Performance.Rows);
        Assert.Equal(1000, (await fixture.CheckAsync(2, 3)).Performance.Rows);
    }

    [Fact]
    public async Task Drift_and_decay_together_page()
    {
        var reference = MonitoringFixture.Columns(MonitoringFixture.Normal(5000, 1, 1));
        await using var fixture = new MonitoringFixture(reference);
        await PredictAndLabelAsync(fixture, 100, skill: false);
        await fixture.PredictAsync(2, MonitoringFixture.Normal(1000, 1, 5, row => row[0] += 1), 5000);

        await fixture.CheckAsync(2, 3);

        Assert.Equal([("feature_drift", "page"), ("performance_decay", "page")], fixture.Firing().Select(a => (a.Kind, a.Severity)).Order());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task The_join_equals_a_naive_one(int seed)
    {
        var random = new Random(seed);
        await using var fixture = new MonitoringFixture([new double[100]]);
        var predictions = new List<(long Key, EventTime At)>();
        var labels = new List<(long Key, EventTime At, int Label)>();
        for (var i = 0; i < 400; i++)
        {
            // Not in the order of time: requests are answered by several threads.
            predictions.Add((random.Next(300), At(random.NextDouble() * 6)));
        }

        for (var i = 0; i < 400; i++)
        {
            labels.Add((random.Next(300), At(random.NextDouble() * 9), random.Next(2)));
        }

        await fixture.LabelAsync([.. labels.Take(200)]);
        foreach (var (key, at) in predictions)
        {
            await fixture.PredictOneAsync(key, at, 0.5);
        }

        await fixture.CheckAsync(2, 3);
        await fixture.LabelAsync([.. labels.Skip(200)]);
        foreach (var to in new[] { 4.0, 6.0, 7.5, 8.0, 5.0 })
        {
            var performance = (await fixture.CheckAsync(to - 1, to)).Performance;
            var (rows, positives) = Naive(predictions, labels, At(to));
            Assert.Equal((to, rows, positives), (to, performance.Rows, performance.Positives));
        }
    }

    /// <summary>The latest label in [t, t + window] of each request in [to - window - 5 days, to - window); none is 0.</summary>
    private static (int Rows, int Positives) Naive(List<(long Key, EventTime At)> predictions, List<(long Key, EventTime At, int Label)> labels, EventTime to)
    {
        var until = to.Micros - MonitoringFixture.LabelWindow;
        var mature = predictions.Where(p => p.At.Micros >= until - (5 * Clock.MicrosPerDay) && p.At.Micros < until).ToList();
        return (mature.Count, mature.Count(p => labels
            .Where(l => l.Key == p.Key && l.At >= p.At && l.At.Micros <= p.At.Micros + MonitoringFixture.LabelWindow)
            .OrderBy(l => l.At.Micros).Select(l => l.Label).LastOrDefault() == 1));
    }

    private static async Task<MonitoringFixture> LabelledAsync(int positives, bool skill)
    {
        var fixture = new MonitoringFixture([new double[5000]]);
        await PredictAndLabelAsync(fixture, positives, skill);
        return fixture;
    }

    /// <summary>A thousand predictions on day 0 whose labels come a day later; with skill the positives score highest.</summary>
    private static async Task PredictAndLabelAsync(MonitoringFixture fixture, int positives, bool skill)
    {
        var every = 1000 / positives;
        bool Positive(int i) => i % every == 0 && i / every < positives;
        await fixture.PredictAsync(0, NoFeature, 0, i => skill && Positive(i) ? 0.99 : i * 7919 % 1000 / 1100.0);
        await fixture.LabelAsync([.. Enumerable.Range(0, 1000).Where(Positive).Select(i => ((long)i, At(1.1), 1))]);
    }

    private static EventTime At(double day) => MonitoringFixture.Day(day);
}
