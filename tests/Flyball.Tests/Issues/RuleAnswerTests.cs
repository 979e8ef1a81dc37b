using Flyball.Tests.Monitoring;

namespace Flyball.Tests.Issues;

public sealed class RuleAnswerTests
{
    /// <summary>One answer of the declared rule, which has no features, broke every check of its window, and the host with it.</summary>
    [Fact]
    public async Task A_check_passes_over_answers_that_were_made_without_a_version()
    {
        await using var fixture = new MonitoringFixture(MonitoringFixture.Columns(MonitoringFixture.Normal(5000, 2, 1)));
        await fixture.PredictAsync(0, MonitoringFixture.Normal(2000, 2, 2));
        await fixture.AnswerByRuleAsync(5000, MonitoringFixture.Day(0.5), 0.9);

        var report = await fixture.CheckAsync(0, 1);

        Assert.Equal(2000, report.Predictions);
        Assert.DoesNotContain(report.Features, f => f.Status is not "ok");
    }

    /// <summary>The alert's name comes from its day: opened again on the same day, it met its resolved self.</summary>
    [Fact]
    public async Task An_alert_that_was_resolved_opens_again_when_its_day_is_checked_again()
    {
        await using var fixture = new MonitoringFixture(MonitoringFixture.Columns(MonitoringFixture.Normal(5000, 1, 1)));
        await fixture.PredictAsync(0, MonitoringFixture.Normal(2000, 1, 2, row => row[0] += 1));
        await fixture.PredictAsync(1, MonitoringFixture.Normal(2000, 1, 3), 5000);
        await fixture.PredictAsync(2, MonitoringFixture.Normal(2000, 1, 4), 10_000);
        await fixture.CheckAsync(0, 1);
        await fixture.CheckAsync(1, 2);
        await fixture.CheckAsync(2, 3);
        Assert.Empty(fixture.Firing());

        await fixture.CheckAsync(0, 1);

        Assert.Equal("feature_drift", Assert.Single(fixture.Firing()).Kind);
    }
}
