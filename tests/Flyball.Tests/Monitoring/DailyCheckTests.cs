using System.Text.Json;
using Flyball.Engine.Problems;
using Flyball.Monitoring;
using Flyball.Serving;

namespace Flyball.Tests.Monitoring;

public sealed class DailyCheckTests
{
    private const int Rows = 2000;

    [Fact]
    public async Task Drift_of_an_important_feature_is_found_and_named()
    {
        await using var fixture = new MonitoringFixture(Reference(3));
        await fixture.PredictAsync(0, MonitoringFixture.Normal(Rows, 3, 2, row => row[1] += 1));

        var report = await fixture.CheckAsync(0, 1);

        Assert.Equal(["ok", "drift", "ok"], report.Features.Select(f => f.Status));
        var alert = Assert.Single(fixture.Firing());
        Assert.Equal(("feature_drift", "request.x1", "ticket"), (alert.Kind, alert.Feature, alert.Severity));
        Assert.Equal(MonitoringFixture.Day(1).Micros, alert.OpenedMicros);
    }

    [Fact]
    public async Task Requests_of_a_test_are_not_checked()
    {
        await using var fixture = new MonitoringFixture(Reference(3));
        await fixture.PredictAsync(0, MonitoringFixture.Normal(Rows, 3, 2));
        await fixture.PredictAsync(0.5, MonitoringFixture.Normal(Rows, 3, 2, row => row[1] += 3), Rows, route: PredictionRoute.Test);

        var report = await fixture.CheckAsync(0, 1);

        Assert.Equal(Rows, report.Predictions);
        Assert.All(report.Features, f => Assert.Equal("ok", f.Status));
    }

    [Fact]
    public async Task Drift_of_an_unimportant_feature_is_recorded_and_suppressed_with_its_reason()
    {
        await using var fixture = new MonitoringFixture(Reference(3), [0.6, 0.38, 0.02]);
        await fixture.PredictAsync(0, MonitoringFixture.Normal(Rows, 3, 2, row => row[2] += 1));

        var report = await fixture.CheckAsync(0, 1);

        Assert.Equal(("drift", false), (report.Features[2].Status, report.Features[2].Important));
        Assert.Equal(["request.x2 drifted, not alerted, because its importance is 0.020"], report.Suppressed);
        Assert.Empty(fixture.Firing());
        Assert.Equal(report.Suppressed, Assert.Single(fixture.Check.List(MonitoringFixture.Model, 10)).Suppressed);
    }

    [Fact]
    public async Task A_hundred_days_of_twenty_features_without_drift_alert_nothing()
    {
        await using var fixture = new MonitoringFixture(Reference(20));
        for (var day = 0; day < 100; day++)
        {
            await fixture.PredictAsync(day, MonitoringFixture.Normal(300, 20, 1000 + day), day * 1000);
            var report = await fixture.CheckAsync(day, day + 1);
            Assert.Equal(300, report.Predictions);
            Assert.DoesNotContain(report.Features, f => f.Status is "insufficient" or "error");
        }

        Assert.Empty(fixture.Alerts.List(null, 1000));
    }

    [Fact]
    public async Task A_feature_with_few_fractional_values_does_not_drift_by_its_rounding()
    {
        static double Third(double value) => Math.Clamp(Math.Round(value), -2, 2) / 3;
        var reference = MonitoringFixture.Normal(5000, 1, 1, row => row[0] = Third(row[0]));
        await using var fixture = new MonitoringFixture(MonitoringFixture.Columns(reference));
        await fixture.PredictAsync(0, MonitoringFixture.Normal(Rows, 1, 2, row => row[0] = Third(row[0])));

        var report = await fixture.CheckAsync(0, 1);

        Assert.Equal("ok", report.Features[0].Status);
        Assert.InRange(report.Features[0].Effect!.Value, 0, 0.02);
    }

    [Fact]
    public async Task A_column_without_a_value_costs_only_itself_and_is_told()
    {
        await using var fixture = new MonitoringFixture(Reference(3));
        await fixture.PredictAsync(0, MonitoringFixture.Normal(Rows, 3, 2, row => (row[0], row[2]) = (double.NaN, row[2] + 1)));

        var report = await fixture.CheckAsync(0, 1);

        Assert.Equal(["insufficient", "ok", "drift"], report.Features.Select(f => f.Status));
        Assert.Equal([("data_quality", "request.x0"), ("feature_drift", "request.x2")], fixture.Firing().Select(a => (a.Kind, a.Feature)).Order());
    }

    [Fact]
    public async Task A_reference_column_without_a_value_costs_only_itself()
    {
        var reference = Reference(2);
        Array.Fill(reference[0], double.NaN);
        await using var fixture = new MonitoringFixture(reference);
        await fixture.PredictAsync(0, MonitoringFixture.Normal(Rows, 2, 2, row => row[1] += 1));

        var report = await fixture.CheckAsync(0, 1);

        Assert.Equal(["insufficient", "drift"], report.Features.Select(f => f.Status));
    }

    [Fact]
    public async Task A_window_is_counted_once_however_often_it_is_checked()
    {
        await using var fixture = new MonitoringFixture(Reference(2));
        await fixture.PredictAsync(0, MonitoringFixture.Normal(1000, 2, 2));
        await fixture.PredictAsync(1, MonitoringFixture.Normal(1000, 2, 3), 1000);

        var first = await fixture.CheckAsync(0, 1);
        var again = await fixture.CheckAsync(0, 1);
        var second = await fixture.CheckAsync(1, 2);
        var across = await fixture.CheckAsync(0.5, 1.5);
        var both = await fixture.CheckAsync(0, 2);

        Assert.Equal([1000, 1000, 1000, 1000, 2000], new[] { first, again, second, across, both }.Select(r => r.Predictions));
        Assert.Equal(JsonSerializer.Serialize(first), JsonSerializer.Serialize(again));
        Assert.Equal(4, fixture.Check.List(MonitoringFixture.Model, 10).Count);
    }

    [Fact]
    public async Task A_day_without_predictions_finds_nothing_and_calms_nothing()
    {
        await using var fixture = new MonitoringFixture(Reference(2));
        await fixture.PredictAsync(0, MonitoringFixture.Normal(Rows, 2, 2, row => row[0] += 1));
        await fixture.CheckAsync(0, 1);

        for (var day = 1; day < 4; day++)
        {
            Assert.Equal("insufficient", (await fixture.CheckAsync(day, day + 1)).Features[0].Status);
        }

        Assert.Single(fixture.Firing());
    }

    [Fact]
    public async Task An_alert_opens_once_and_resolves_after_two_calm_checks()
    {
        await using var fixture = new MonitoringFixture(Reference(2));
        var shifts = new double[] { 1, 1, 0, 1, 0, 0 };
        var firing = new List<int>();
        for (var day = 0; day < shifts.Length; day++)
        {
            var shift = shifts[day];
            await fixture.PredictAsync(day, MonitoringFixture.Normal(Rows, 2, 10 + day, row => row[0] += shift), day * Rows);
            await fixture.CheckAsync(day, day + 1);
            firing.Add(fixture.Firing().Count);
        }

        Assert.Equal([1, 1, 1, 1, 1, 0], firing);
        var alert = Assert.Single(fixture.Alerts.List(MonitoringFixture.Model, 10));
        Assert.Equal((MonitoringFixture.Day(1).ToString(), MonitoringFixture.Day(6).ToString()), (alert.OpenedAt, alert.ResolvedAt));
        var audited = fixture.Workspace.Audit.Read(0, 100).Select(l => l.ToJson()["action"]!.GetValue<string>());
        Assert.Equal(["alert.open", "alert.resolve"], audited);
    }

    [Fact]
    public async Task A_model_that_is_not_deployed_cannot_be_checked()
    {
        await using var fixture = new MonitoringFixture(Reference(1));

        var refused = await Assert.ThrowsAsync<FlyballException>(() => fixture.Check.RunAsync("other", MonitoringFixture.Day(0), MonitoringFixture.Day(1), default));

        Assert.Equal("FLY4004", refused.Problem.Code);
    }

    private static List<double[]> Reference(int features) => MonitoringFixture.Columns(MonitoringFixture.Normal(5000, features, 1));
}
