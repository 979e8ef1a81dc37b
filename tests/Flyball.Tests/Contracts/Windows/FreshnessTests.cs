using System.Diagnostics.Metrics;
using Flyball.Contracts;
using Flyball.Contracts.Quality;
using Flyball.Tests.Time;
using Microsoft.Extensions.DependencyInjection;

namespace Flyball.Tests.Contracts.Windows;

public class FreshnessTests
{
    private const string OneHour = "{ property: freshness, value: 1, unit: h }";
    private const string Small = "{ property: window, value: { rows: 100, every: 1h } }";

    [Theory]
    [InlineData("freshness", 59, 0)]
    [InlineData("freshness", 61, 1)]
    [InlineData("latency", 61, 1)]
    public async Task A_window_whose_newest_event_is_older_than_agreed_is_found(string property, int minutes, int found)
    {
        await using var fixture = new WindowFixture(Small, $"{{ property: {property}, value: 1, unit: h }}");

        await fixture.SendAsync(100, WindowFixture.Usual, TimeSpan.FromMinutes(minutes));
        await fixture.Watch.FinishAsync(default);

        Assert.All(fixture.Findings().Where(f => f.Rule != "silence"), f => Assert.Equal(($"{property}(event_time)", "error", RuleOutcome.Alert, minutes * 60.0, 3_600.0), (f.Rule, f.Severity, f.Outcome, f.Seen, f.Bound)));
        Assert.Equal(found, fixture.Findings().Count(f => f.Rule != "silence"));
    }

    [Fact]
    public async Task A_request_that_is_a_batch_is_judged_when_it_comes()
    {
        await using var fixture = new WindowFixture("", OneHour);

        await fixture.SendAsync(150, WindowFixture.Usual, TimeSpan.FromHours(2), perRequest: 150);

        Assert.Equal("freshness(event_time)", Assert.Single(fixture.Findings()).Rule);
    }

    [Fact]
    public async Task History_is_late_on_purpose_and_a_file_after_it_is_not()
    {
        await using var fixture = new WindowFixture("", OneHour);
        await fixture.ImportAsync(20, 200, TimeSpan.FromDays(30));
        Assert.Empty(fixture.Findings());

        await fixture.ImportAsync(1, 200, TimeSpan.FromDays(30));

        Assert.Contains(fixture.Findings(), f => f.Rule == "freshness(event_time)");
    }

    [Fact]
    public async Task A_source_without_news_for_longer_than_agreed_is_told_once_and_again_after_it_came_back()
    {
        await using var fixture = new WindowFixture("", OneHour);
        await fixture.SendAsync(1, WindowFixture.Usual);

        fixture.Time.Advance(TimeSpan.FromMinutes(59));
        await fixture.Watch.CheckAsync(default);
        Assert.Empty(fixture.Findings());
        fixture.Time.Advance(TimeSpan.FromMinutes(2));
        await fixture.Watch.CheckAsync(default);
        await fixture.Watch.CheckAsync(default);
        var finding = Assert.Single(fixture.Findings());
        Assert.Equal(("silence", "error", 3_660.0), (finding.Rule, finding.Severity, finding.Seen));

        await fixture.ReopenAsync();
        await fixture.Watch.CheckAsync(default);
        Assert.Single(fixture.Findings());

        await fixture.SendAsync(1, WindowFixture.Usual);
        fixture.Time.Advance(TimeSpan.FromMinutes(61));
        await fixture.Watch.CheckAsync(default);
        Assert.Equal(2, fixture.Findings().Count);
    }

    [Fact]
    public async Task A_source_that_was_given_up_is_not_told()
    {
        await using var fixture = new WindowFixture("", OneHour);
        await fixture.SendAsync(1, WindowFixture.Usual);
        fixture.Time.Advance(TimeSpan.FromDays(400));

        await fixture.Watch.CheckAsync(default);

        Assert.Empty(fixture.Findings());
    }

    [Theory]
    [InlineData("", 2, 0)]
    [InlineData("", 9, 1)]
    [InlineData("{ property: statistics, value: { freshness: off } }", 9, 0)]
    public async Task Without_an_agreement_silence_is_judged_by_the_days_of_the_reference(string custom, int hours, int found)
    {
        await using var fixture = new WindowFixture(custom);
        await fixture.ImportAsync(20, 60); // a row every 24 minutes
        fixture.Time.Advance(TimeSpan.FromHours(hours / 10.0));

        await fixture.Watch.CheckAsync(default);

        Assert.Equal(found, fixture.Findings().Count(f => f is { Rule: "silence", Severity: "warning" }));
    }

    [Fact]
    public async Task Without_an_agreement_lateness_is_judged_by_the_days_of_the_reference()
    {
        await using var fixture = new WindowFixture("{ property: window, value: { rows: 100, every: 1h } }");
        await fixture.ImportAsync(20, 200, TimeSpan.FromMinutes(10));

        await fixture.SendAsync(100, WindowFixture.Usual, TimeSpan.FromMinutes(12));
        await fixture.Watch.FinishAsync(default);
        Assert.DoesNotContain(fixture.Findings(), f => f.Rule == "freshness");
        await fixture.SendAsync(100, WindowFixture.Usual, TimeSpan.FromMinutes(16));
        await fixture.Watch.FinishAsync(default);

        Assert.Contains(fixture.Findings(), f => f is { Rule: "freshness", Severity: "warning", Seen: 960 });
    }

    [Fact]
    public async Task Data_known_as_it_happened_says_nothing_about_lateness()
    {
        await using var fixture = new WindowFixture(Small);
        await fixture.ImportAsync(20, 200);

        await fixture.SendAsync(100, WindowFixture.Usual, TimeSpan.FromMinutes(30));
        await fixture.Watch.FinishAsync(default);

        Assert.DoesNotContain(fixture.Findings(), f => f.Rule == "freshness");
    }

    [Theory]
    [InlineData(200, 0)]
    [InlineData(700, 1)]
    [InlineData(40, 1)]
    public async Task A_whole_day_of_events_is_judged_after_its_end(int rows, int found)
    {
        await using var fixture = new WindowFixture("{ property: statistics, value: { freshness: off } }");
        await fixture.ImportAsync(20, 200);
        fixture.Time.Advance(TimeSpan.FromHours(12)); // midnight of a new day
        await fixture.Watch.CheckAsync(default);
        await fixture.SendAsync(100, WindowFixture.Usual, TimeSpan.FromHours(6)); // the half day before
        fixture.Time.Advance(TimeSpan.FromMinutes(1));
        await fixture.SendAsync(rows, WindowFixture.Usual, every: TimeSpan.FromHours(23.5) / rows);
        await fixture.Watch.CheckAsync(default);
        Assert.DoesNotContain(fixture.Findings(), f => f.Rule == "volume");

        fixture.Time.Advance(TimeSpan.FromHours(2));
        await fixture.Watch.CheckAsync(default);
        await fixture.Watch.CheckAsync(default);

        Assert.Equal(found, fixture.Records().Count(r => r.Caller == "system:watch" && r.Findings.Any(f => f.Rule == "volume" && f.Seen == rows)));
    }

    [Theory]
    [InlineData(99, 0.01, 98)]
    [InlineData(199, 0.01, 197)]
    public void With_enough_days_the_bound_is_an_order_statistic(int days, double rate, int index)
    {
        var worst = Enumerable.Range(0, days).Select(i => i * 1_000_000L).ToList();

        Assert.Equal(worst[index], DayBound.Of(worst, rate));
    }

    [Fact]
    public void With_few_days_the_bound_is_beyond_the_worst_and_with_fewer_there_is_none()
    {
        var worst = Enumerable.Range(1, 8).Select(i => 60_000_000L + i).ToList();

        Assert.InRange(DayBound.Of(worst, 0.01)!.Value, 90_000_000, 91_000_000);
        Assert.Null(DayBound.Of(worst[..7], 0.01));
    }

    [Theory]
    [InlineData(8)]
    [InlineData(30)]
    [InlineData(120)]
    public void A_new_day_of_the_same_kind_exceeds_the_bound_in_at_most_the_stated_share(int days)
    {
        var random = new Random(days);
        var exceeded = 0;
        for (var i = 0; i < 5_000; i++)
        {
            var all = Enumerable.Range(0, days + 1).Select(_ => (long)(6e7 * Math.Exp(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))).ToList();
            var today = all[^1];
            exceeded += today > DayBound.Of([.. all[..^1].Order()], 0.01) ? 1 : 0;
        }

        Assert.InRange(exceeded, 0, 75); // 1 % of 5,000 and 3.5 standard deviations
    }

    [Fact]
    public async Task How_long_a_source_has_had_no_news_is_a_metric()
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var time = new ManualTimeProvider();
        await using var fixture = new LogFixture(time, new ContractMetrics(services.GetRequiredService<IMeterFactory>()), Sample.Keyless);
        await fixture.IngestAsync("clicks", """{"event_time":"2026-03-01T12:00:00Z"}""");
        time.Advance(TimeSpan.FromSeconds(90));
        var seen = new List<double>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Name == "flyball.contracts.silence.seconds")
            {
                l.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>((_, value, _, _) => seen.Add(value));
        listener.Start();

        listener.RecordObservableInstruments();

        Assert.Contains(90.0, seen);
    }

    [Fact]
    public void Freshness_of_a_column_that_is_no_time_is_told()
    {
        var problems = new Flyball.Projects.ProblemList();
        var plan = Flyball.Contracts.Odcs.ContractCompiler.Compile(Flyball.Projects.YamlSection.Parse(
            "c.odcs.yaml", Sample.KeylessYaml.Replace("status: active", "status: active\nslaProperties: [ { property: freshness, value: 1h, element: clicks.page } ]", StringComparison.Ordinal), problems)!);

        Assert.NotNull(plan);
        Assert.Contains(problems.Notices, n => n.Code == "FLY1203");
    }
}
