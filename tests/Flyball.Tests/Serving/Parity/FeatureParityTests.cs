using Flyball.Access;
using Flyball.Engine.Expressions;
using Flyball.Engine.Time;
using Flyball.Registry;
using Flyball.Serving;
using Flyball.Serving.Parity;
using Flyball.Storage.Journals;
using Flyball.Tests.Workspaces;

namespace Flyball.Tests.Serving.Parity;

public sealed class FeatureParityTests : IAsyncLifetime
{
    private readonly ServingFixture fixture = new();
    private ModelRegistry registry = null!;
    private FeatureParity parity = null!;
    private TrafficPlan plan = null!;

    public async ValueTask InitializeAsync()
    {
        var workspace = fixture.World.Workspace;
        registry = new ModelRegistry(workspace.Catalog, workspace.Blobs, new AuditTrail(workspace.Audit), fixture.World.Time);
        parity = new FeatureParity(workspace, fixture.World.Events, fixture.Project, fixture, registry);
        plan = new TrafficPlan(ServingFixture.Model, fixture.Version(2), fixture.Version(1));
        await PayAsync(1000, 20);
    }

    public ValueTask DisposeAsync()
    {
        registry.Dispose();
        return fixture.DisposeAsync();
    }

    [Fact]
    public async Task Served_vectors_are_the_same_bits_offline_though_events_came_since()
    {
        for (var i = 0; i < 30; i++)
        {
            fixture.Predict(plan, amount: i, customer: i % 3);
            await PayAsync(2000 + (i * 10), 3);
        }

        var report = await CheckAsync(100);

        Assert.Equal((30, 30, 30, 0, 0), (report.Served, report.Compared, report.Identical, report.OtherDefinitions, report.WithoutFeatures));
        Assert.Empty(report.Mismatches);
        Assert.Equal(5, report.Features.Count);
        Assert.All(report.Features, f => Assert.Equal((30, 0), (f.Compared, f.Mismatches)));
        Assert.True(registry.ServedParity(ServingFixture.Model).Ok);
    }

    /// <summary>The control, and the gate: one bit of one logged feature is found, and no version is promoted.</summary>
    [Fact]
    public async Task A_single_corrupted_value_is_named_and_forbids_promotion()
    {
        var good = fixture.Predict(plan)!;
        Value[] features = [.. good.Features];
        features[2] = Value.FromInteger(features[2].AsInteger ^ 1);
        await LogAsync(good with { RequestId = "changed", Features = features });

        var report = await CheckAsync(100);

        Assert.Equal((2, 1), (report.Compared, report.Identical));
        var mismatch = Assert.Single(report.Mismatches);
        Assert.Equal(("changed", "customer_activity.count_7d"), (mismatch.RequestId, mismatch.Feature));
        Assert.Equal(features[2].AsInteger, mismatch.Online!.GetValue<long>());
        Assert.Equal(good.Features[2].AsInteger, mismatch.Offline!.GetValue<long>());
        var measure = Assert.Single(report.Features, f => f.Mismatches > 0);
        Assert.Equal(("customer_activity.count_7d", 0.5), (measure.Feature, measure.MismatchRate));
        Assert.False(registry.ServedParity(ServingFixture.Model).Ok);
        Assert.Contains("customer_activity.count_7d", registry.Parity(ServingFixture.Model)!.Features);
    }

    [Fact]
    public async Task A_vector_that_is_cut_short_is_not_identical()
    {
        var good = fixture.Predict(plan)!;
        await LogAsync(good with { RequestId = "short", Features = [.. good.Features.Take(3)] });
        await LogAsync(good with { RequestId = "long", Features = [.. good.Features, Value.FromInteger(1)] });

        var report = await CheckAsync(100);

        Assert.Equal((3, 1), (report.Compared, report.Identical));
        Assert.Equal(["[5]", "customer_activity.count_30d", "terminal_risk.count_28d"], report.Mismatches.Select(m => m.Feature).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Predictions_of_other_definitions_are_counted_apart_and_never_dropped()
    {
        fixture.Predict(plan);
        fixture.Predict(plan);
        fixture.World.Project.Replace("features/customer_activity.yaml", "count() over 7d", "count() over 8d");
        fixture.Project.Apply(ProjectWorkspace.Load(fixture.World.Project));

        var report = await CheckAsync(100);

        Assert.Equal((2, 0, 2), (report.Served, report.Compared, report.OtherDefinitions));
        // A comparison of nothing is kept and decides nothing.
        Assert.Equal(0, registry.Parity(ServingFixture.Model)!.Compared);
        Assert.True(registry.ServedParity(ServingFixture.Model).Ok);
    }

    [Fact]
    public async Task What_the_rule_answered_is_counted_apart()
    {
        fixture.Predict(plan with { Champion = fixture.Broken(3), Previous = null });
        fixture.Predict(plan);

        var report = await CheckAsync(100);

        Assert.Equal((2, 1, 1), (report.Served, report.Compared, report.WithoutFeatures));
    }

    [Fact]
    public async Task A_window_takes_its_first_instant_and_not_its_end()
    {
        fixture.Predict(plan);
        var noon = ServingFixture.Noon;

        Assert.Equal(1, (await CheckAsync(new ParityQuery(ServingFixture.Model, 10, noon, new EventTime(noon.Micros + 1)))).Compared);
        Assert.Equal(0, (await CheckAsync(new ParityQuery(ServingFixture.Model, 10, To: noon))).Served);
        Assert.Equal(0, (await CheckAsync(new ParityQuery(ServingFixture.Model, 10, From: new EventTime(noon.Micros + 1)))).Served);
    }

    [Fact]
    public async Task A_sample_keeps_keys_whole_and_is_the_same_again()
    {
        for (var i = 0; i < 60; i++)
        {
            fixture.Predict(plan, customer: i % 12);
        }

        var one = await CheckAsync(17);
        var two = await CheckAsync(17);

        // Twelve customers with five predictions each: four of them make seventeen.
        Assert.Equal((60, 20, 4), (one.Served, one.Compared, one.Keys));
        Assert.Equal(one.ToJson().ToJsonString(), two.ToJson().ToJsonString());
    }

    [Fact]
    public async Task A_reproduced_prediction_shows_its_features_and_its_version()
    {
        var record = fixture.Predict(plan)!;

        var found = (await fixture.Reproduction.ReproduceAsync(record.RequestId, default))!;

        Assert.Equal((true, 2, "full"), (found.Identical, found.Version, found.Rung));
        Assert.Equal(plan.Champion.Digest.Hex, found.Digest);
        Assert.Equal(plan.Champion.Vector.Columns.Select(c => c.Name), found.Features.Select(f => f.Name));
        Assert.All(found.Features, f => Assert.True(f.Identical));
        Assert.Equal(record.Features[2].AsInteger, found.Features[2].Offline!.GetValue<long>());
    }

    private Task<ParityReport> CheckAsync(int sample) => CheckAsync(new ParityQuery(ServingFixture.Model, sample));

    private Task<ParityReport> CheckAsync(ParityQuery query) => parity.CheckAsync(query, Caller.Local(), default);

    private Task PayAsync(long firstId, int count) => fixture.World.IngestAsync(
        "transactions",
        Enumerable.Range(0, count).Select(i => ProjectWorkspace.Payment(firstId + i, new EventTime(ServingFixture.Noon.Micros - ((firstId + i) * 1_000_000)), (count - i) % 3, 1, i)));

    private async Task LogAsync(PredictionRecord record) =>
        await fixture.World.Workspace.Predictions.AppendAsync(new JournalBatch([new JournalEntry(PredictionLog.Stream, PredictionCodec.Encode(record))]), default);
}
