using Flyball.Contracts.Quality;
using Flyball.Contracts.Windows;
using Flyball.Tests.Contracts.Quality;

namespace Flyball.Tests.Contracts.Windows;

public class SourceWindowTests
{
    private const string Small = "{ property: window, value: { rows: 200, every: 1h } }";

    [Fact]
    public async Task Single_events_are_judged_when_a_window_is_full()
    {
        await using var fixture = new WindowFixture(Small);
        await fixture.ImportAsync(20, 200);

        await fixture.SendAsync(199, _ => null);
        await fixture.Watch.CheckAsync(default);
        Assert.Empty(fixture.Findings());
        await fixture.SendAsync(1, _ => null);
        await fixture.Watch.CheckAsync(default);

        var record = Assert.Single(fixture.Records());
        Assert.Equal(("system:window", 200), (record.Caller, record.Rows));
        Assert.Contains(record.Findings, f => (f.Rule, f.Outcome, f.Severity) == ("nulls(kind)", RuleOutcome.Alert, "warning"));
    }

    [Fact]
    public async Task A_window_of_unchanged_data_says_nothing()
    {
        await using var fixture = new WindowFixture(Small);
        await fixture.ImportAsync(20, 200);

        await fixture.SendAsync(600, WindowFixture.Usual, every: TimeSpan.FromMinutes(7.2));
        await fixture.Watch.CheckAsync(default);

        Assert.Empty(fixture.Findings());
    }

    [Fact]
    public async Task A_period_that_ends_closes_a_window_that_can_be_judged_and_lets_a_smaller_one_go_on()
    {
        await using var fixture = new WindowFixture(Small + ", { property: statistics, value: { freshness: off } }");
        await fixture.ImportAsync(20, 200);
        await fixture.SendAsync(60, _ => null);
        fixture.Time.Advance(TimeSpan.FromHours(1));
        await fixture.Watch.CheckAsync(default);
        Assert.Empty(fixture.Findings());

        await fixture.SendAsync(60, _ => null);
        await fixture.Watch.CheckAsync(default);

        Assert.Equal(100, Assert.Single(fixture.Records()).Rows);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(99)]
    public async Task However_rows_are_cut_into_requests_the_windows_are_the_same(int perRequest)
    {
        await using var fixture = new WindowFixture(Small);
        await fixture.ImportAsync(20, 200);

        await fixture.SendAsync(500, i => i is > 150 and < 350 ? null : WindowFixture.Usual(i), perRequest: perRequest);
        await fixture.Watch.CheckAsync(default);

        Assert.Equal([0.245, 0.75], fixture.Findings().Where(f => f.Rule == "nulls(kind)").Select(f => f.Seen!.Value));
    }

    [Fact]
    public async Task A_request_that_is_judged_as_a_batch_is_not_judged_again_in_the_window()
    {
        await using var fixture = new WindowFixture(Small);
        await fixture.ImportAsync(20, 200);

        await fixture.SendAsync(400, _ => null, perRequest: 200);
        await fixture.Watch.CheckAsync(default);

        Assert.Equal(["tester", "tester"], fixture.Records().Select(r => r.Caller));
    }

    [Fact]
    public async Task What_would_hold_a_batch_is_an_alert_and_the_number_of_rows_is_not_judged()
    {
        await using var fixture = new WindowFixture(
            Small + ", { property: statistics, value: { outcome: hold } }",
            quality: "{ metric: rowCount, mustBe: 7, name: count }, { type: custom, engine: flyball, implementation: count(kind) > 0, name: some, customProperties: [ { property: outcome, value: hold } ] }");
        await fixture.ImportAsync(20, 200);
        var before = fixture.Records().Count;

        await fixture.SendAsync(200, _ => null);
        await fixture.SendAsync(200, _ => "sale");
        await fixture.Watch.CheckAsync(default);

        var windows = fixture.Records().Where(r => r.Caller == "system:window").ToList();
        Assert.Equal(2, windows.Count);
        Assert.All(windows.SelectMany(w => w.Findings), f => Assert.Equal(RuleOutcome.Alert, f.Outcome));
        Assert.Contains(windows[0].Findings, f => f.Rule == "some");
        Assert.DoesNotContain(windows.SelectMany(w => w.Findings), f => f.Rule == "count");
        Assert.True(before <= fixture.Records().Count);
    }

    [Fact]
    public async Task A_window_begins_empty_at_a_start_and_nothing_is_said_twice()
    {
        await using var fixture = new WindowFixture(Small);
        await fixture.ImportAsync(20, 200);
        await fixture.SendAsync(200, _ => null);
        await fixture.Watch.CheckAsync(default);
        await fixture.SendAsync(150, _ => null);
        await fixture.ReopenAsync();

        await fixture.SendAsync(150, WindowFixture.Usual);
        await fixture.Watch.FinishAsync(default);

        Assert.Single(fixture.Records());
    }

    [Fact]
    public async Task What_is_in_a_window_at_the_end_is_judged()
    {
        await using var fixture = new WindowFixture(Small);
        await fixture.ImportAsync(20, 200);
        await fixture.SendAsync(150, _ => null);

        await fixture.Watch.FinishAsync(default);

        Assert.Equal(150, Assert.Single(fixture.Records()).Rows);
    }

    [Fact]
    public async Task Windows_that_nobody_judges_are_bounded_and_no_row_is_lost()
    {
        await using var fixture = new WindowFixture("{ property: window, value: { rows: 100, every: 1h } }");
        await fixture.ImportAsync(20, 200);

        await fixture.SendAsync(1_500, _ => null, perRequest: 50);
        await fixture.Watch.CheckAsync(default);
        await fixture.Watch.FinishAsync(default);

        Assert.Equal([100, 100, 100, 100, 100, 100, 100, 100, 700], fixture.Records().Select(r => r.Rows));
    }

    [Fact]
    public async Task An_event_with_an_idempotency_key_is_counted_once()
    {
        await using var fixture = new WindowFixture("{ property: window, value: { rows: 100, every: 1h } }");
        await fixture.ImportAsync(20, 200);
        for (var i = 0; i < 100; i++)
        {
            var row = FormattableString.Invariant($$"""{"event_time":"2026-03-01T12:00:00Z","id":{{1_000_000 + i}},"kind":null}""");
            await fixture.Logs.IngestAsync("payments", FormattableString.Invariant($"k{i}"), [row]);
            await fixture.Logs.IngestAsync("payments", FormattableString.Invariant($"k{i}"), [row]);
        }

        await fixture.Watch.FinishAsync(default);

        Assert.Equal(100, Assert.Single(fixture.Records()).Rows);
    }

    [Theory]
    [InlineData("{ rows: 99 }")]
    [InlineData("{ every: 1s }")]
    [InlineData("{ every: 32d }")]
    public void A_window_out_of_bounds_is_refused(string value)
    {
        var yaml = QualityCompilerTests.Yaml("{ type: text }", atField: false) + $"    customProperties: [ {{ property: window, value: {value} }} ]\n";

        Assert.Equal("FLY1202", Assert.Single(Sample.ProblemsOf(yaml)).Code);
    }

    [Fact]
    public void A_window_is_as_the_contract_says()
    {
        var yaml = QualityCompilerTests.Yaml("{ type: text }", atField: false) + "    customProperties: [ { property: window, value: { rows: 500, every: 1d } } ]\n";

        Assert.Equal(new WindowDefinition { Rows = 500, PeriodMicros = 86_400_000_000 }, Sample.Compile(yaml).Window);
    }
}
