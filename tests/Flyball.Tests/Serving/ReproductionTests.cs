using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Serving;
using Flyball.Storage.Journals;
using Flyball.Tests.Workspaces;

namespace Flyball.Tests.Serving;

public sealed class ReproductionTests : IAsyncLifetime
{
    private readonly ServingFixture fixture = new();
    private TrafficPlan plan = null!;

    public async ValueTask InitializeAsync()
    {
        plan = new TrafficPlan(ServingFixture.Model, fixture.Version(2), fixture.Version(1));
        await PayAsync(1000, 20);
    }

    public ValueTask DisposeAsync() => fixture.DisposeAsync();

    [Fact]
    public async Task Predictions_are_made_again_bit_for_bit_though_events_came_since()
    {
        var served = new List<PredictionRecord>();
        for (var i = 0; i < 30; i++)
        {
            served.Add(fixture.Predict(plan, amount: i, customer: i % 3)!);
            await PayAsync(2000 + (i * 10), 3);
        }

        Assert.True(served.Select(r => r.Features[2]).Distinct().Count() > 10);
        var report = await fixture.Reproduction.SampleAsync(ServingFixture.Model, 100, 1, default);

        Assert.Equal((30, 30, 30), (report.Served, report.Compared, report.Identical));
        Assert.Empty(report.Mismatches);
    }

    [Fact]
    public async Task A_sample_is_no_larger_than_asked_and_the_same_for_the_same_seed()
    {
        for (var i = 0; i < 30; i++)
        {
            fixture.Predict(plan);
        }

        var one = await fixture.Reproduction.SampleAsync(ServingFixture.Model, 7, 1, default);

        Assert.Equal((30, 7, 7), (one.Served, one.Compared, one.Identical));
        Assert.Equal(0, (await fixture.Reproduction.SampleAsync("churn", 7, 1, default)).Served);
    }

    /// <summary>The control: one bit of one logged feature is found, by the feature's name.</summary>
    [Theory]
    [InlineData(0, "transaction.amount")]
    [InlineData(1, "transaction.is_night")]
    [InlineData(2, "customer_activity.count_7d")]
    [InlineData(4, "terminal_risk.count_28d")]
    public async Task A_changed_feature_is_named(int column, string name)
    {
        var good = fixture.Predict(plan)!;
        Value[] features = [.. good.Features];
        features[column] = features[column].Kind switch
        {
            ScalarType.Boolean => Value.FromBoolean(!features[column].AsBoolean),
            ScalarType.Integer => Value.FromInteger(features[column].AsInteger ^ 1),
            _ => Value.FromNumber(double.BitIncrement(features[column].AsNumber)),
        };
        await LogAsync(good with { RequestId = "changed", Features = features });

        var found = await fixture.Reproduction.ReproduceAsync("changed", default);

        Assert.False(found!.Identical);
        Assert.StartsWith($"{name}: online {features[column]}", found.Difference, StringComparison.Ordinal);
        Assert.True((await fixture.Reproduction.ReproduceAsync(good.RequestId, default))!.Identical);
        Assert.Equal([("changed", false)], (await fixture.Reproduction.SampleAsync(ServingFixture.Model, 9, 1, default)).Mismatches.Select(m => (m.RequestId, m.Identical)));
    }

    [Fact]
    public async Task A_changed_score_or_decision_or_horizon_is_found()
    {
        var good = fixture.Predict(plan)!;
        await LogAsync(good with { RequestId = "raw", Raw = MathF.BitIncrement(good.Raw) });
        await LogAsync(good with { RequestId = "score", Score = Math.BitIncrement(good.Score) });
        await LogAsync(good with { RequestId = "decision", Decision = "block" });
        await LogAsync(good with { RequestId = "horizon", Horizon = new Horizon(good.Horizon.Seq - 1) });

        Assert.StartsWith("raw score: ", await DifferenceAsync("raw"), StringComparison.Ordinal);
        Assert.StartsWith("score: ", await DifferenceAsync("score"), StringComparison.Ordinal);
        Assert.Equal("decision: online block, offline allow", await DifferenceAsync("decision"));
        Assert.StartsWith("customer_activity.", await DifferenceAsync("horizon"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_another_rung_answered_is_made_again_by_the_version_that_answered()
    {
        var record = fixture.Predict(plan with { Champion = fixture.Broken(2) })!;

        Assert.Equal(Rung.PreviousVersion, record.Rung);
        Assert.True((await fixture.Reproduction.ReproduceAsync(record.RequestId, default))!.Identical);
    }

    [Fact]
    public async Task A_feature_that_means_something_else_now_is_refused()
    {
        var record = fixture.Predict(plan)!;
        fixture.World.Project.Replace("features/customer_activity.yaml", "count() over 7d", "count() over 8d");
        fixture.Project.Apply(ProjectWorkspace.Load(fixture.World.Project));

        var refused = await Assert.ThrowsAsync<FlyballException>(() => fixture.Reproduction.ReproduceAsync(record.RequestId, default));

        Assert.Equal("FLY3223", refused.Problem.Code);
        Assert.Contains("customer_activity.count_7d", refused.Problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_that_was_never_answered_is_not_found() =>
        Assert.Null(await fixture.Reproduction.ReproduceAsync("nobody", default));

    private async Task<string?> DifferenceAsync(string id) => (await fixture.Reproduction.ReproduceAsync(id, default))!.Difference;

    /// <summary>The last of them is a payment of customer 1.</summary>
    private Task PayAsync(long firstId, int count) => fixture.World.IngestAsync(
        "transactions",
        Enumerable.Range(0, count).Select(i => ProjectWorkspace.Payment(firstId + i, new EventTime(ServingFixture.Noon.Micros - ((firstId + i) * 1_000_000)), (count - i) % 3, 1, i)));

    private async Task LogAsync(PredictionRecord record) =>
        await fixture.World.Workspace.Predictions.AppendAsync(new JournalBatch([new JournalEntry(PredictionLog.Stream, PredictionCodec.Encode(record))]), default);
}
