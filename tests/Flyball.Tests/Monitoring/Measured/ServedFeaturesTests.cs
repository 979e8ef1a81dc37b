using Flyball.Engine.Expressions;
using Flyball.Engine.Time;
using Flyball.Monitoring.Measured;
using Flyball.Serving;
using Flyball.Storage.Journals;
using Flyball.Tests.Serving;
using Flyball.Tests.Time;
using Flyball.Tests.Workspaces;
using Flyball.Workspaces;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flyball.Tests.Monitoring.Measured;

/// <summary>Features are measured on the vectors that were served, and held to the checks of their files.</summary>
public sealed class ServedFeaturesTests
{
    private static readonly EventTime Day = new(ServingFixture.Noon.Micros - (ServingFixture.Noon.Micros % Clock.MicrosPerDay));

    [Fact]
    public async Task Values_within_their_checks_leave_no_finding()
    {
        await using var world = new World("{ null_rate: \"< 1%\", range: [0, 1000], freshness: 30d, cardinality: \"<= 50\" }");
        await world.ServeAsync(200, i => Value.FromInteger(i % 10));

        var report = await world.CheckAsync();

        Assert.Empty(report.Findings);
        var measured = report.Features.Single(f => f.Feature == World.Checked);
        Assert.Equal((200, 0, 0d, 9d, 10), (measured.Served, measured.Nulls, measured.Low, measured.High, measured.Distinct));
        Assert.Empty(world.Findings.List(null, null, 10));
    }

    [Theory]
    [InlineData("null_rate: \"< 1%\"", "null_rate")]
    [InlineData("range: [0, 8]", "range")]
    [InlineData("range: [1, null]", "range")]
    [InlineData("cardinality: \"<= 9\"", "cardinality")]
    [InlineData("cardinality: \">= 20\"", "cardinality")]
    [InlineData("freshness: 1s", "freshness")]
    public async Task A_check_that_is_not_passed_is_found_and_kept(string check, string name)
    {
        await using var world = new World($"{{ {check} }}");
        await world.ServeAsync(200, i => i % 20 == 0 ? Value.Null : Value.FromInteger(i % 10));

        var report = await world.CheckAsync();

        var finding = Assert.Single(report.Findings);
        Assert.Equal((World.Checked, name), (finding.Feature, finding.Check));
        var kept = Assert.Single(world.Findings.List("fraud", World.Checked, 10));
        Assert.Equal(finding, Assert.Single(kept.Findings));
        Assert.Empty(world.Findings.List("churn", null, 10));
        // Another reader of the same log finds it too.
        Assert.Single(new FeatureFindings(world.Fixture.World.Workspace).List(null, null, 10));
    }

    [Fact]
    public async Task Requests_of_a_test_are_not_measured()
    {
        await using var world = new World("{ range: [0, 8] }");
        await world.ServeAsync(40, i => Value.FromInteger(i % 2 == 0 ? 5 : 900), i => i % 2 == 0 ? PredictionRoute.Predict : PredictionRoute.Test);

        var report = await world.CheckAsync();

        Assert.Empty(report.Findings);
        Assert.Equal(20, report.Features.Single(f => f.Feature == World.Checked).Served);
    }

    /// <summary>One null of thirty does not prove that more than one in a hundred is null.</summary>
    [Fact]
    public async Task A_share_is_not_judged_by_fewer_values_than_can_show_it()
    {
        await using var world = new World("{ null_rate: \"< 2%\" }");
        await world.ServeAsync(30, i => i == 0 ? Value.Null : Value.FromInteger(1));

        Assert.Empty((await world.CheckAsync()).Findings);
    }

    [Fact]
    public async Task The_age_of_an_entity_is_that_of_its_newest_event_before_the_prediction()
    {
        await using var world = new World("{ range: [0, 1000] }");
        await world.ServeAsync(5, _ => Value.FromInteger(1));

        var ages = (await world.CheckAsync()).Features.Single(f => f.Feature == World.Checked).Ages!;

        // The newest payment of the customer was an hour before noon; one after the prediction does not count.
        Assert.Equal((5, 0, 3600d, 3600d), (ages.Entities, ages.Unknown, ages.P50, ages.P99));
    }

    [Fact]
    public async Task Predictions_outside_the_window_and_of_other_definitions_are_not_measured()
    {
        await using var world = new World("{ range: [0, 1000] }");
        await world.ServeAsync(4, _ => Value.FromInteger(1));

        Assert.Equal(0, (await world.CheckAsync(1)).Predictions);
        world.Fixture.World.Project.Replace("features/customer_activity.yaml", "count() over 7d", "count() over 8d");
        world.Fixture.Project.Apply(ProjectWorkspace.Load(world.Fixture.World.Project));
        var report = await world.CheckAsync();
        Assert.Equal((4, 4, 0), (report.Predictions, report.OtherDefinitions, report.Features.Count));
    }

    [Fact]
    public async Task Every_deployed_model_is_measured_once_after_midnight_over_the_day_that_ended()
    {
        await using var world = new World("{ range: [0, 8] }");
        await world.ServeAsync(20, i => Value.FromInteger(i));
        var traffic = new TrafficPlans();
        // One that the project does not know fails, and must not keep the others from being measured.
        traffic.Swap(new TrafficPlan("another", world.Fixture.Version(1)));
        traffic.Swap(new TrafficPlan("fraud", world.Fixture.Version(1)));
        var time = new TickingTimeProvider(DateTimeOffset.UnixEpoch.AddMicroseconds(Day.Micros).AddHours(23.9));
        using var loop = new FeatureCheckLoop(world.Features, traffic, time, new LoopOptions(true), NullLogger<FeatureCheckLoop>.Instance);
        await loop.StartAsync(TestContext.Current.CancellationToken);
        Assert.True(SpinWait.SpinUntil(() => time.HasTimers, TimeSpan.FromSeconds(30)));

        time.Advance(TimeSpan.FromMinutes(5));
        Assert.Empty(world.Findings.List(null, null, 10));
        time.Advance(TimeSpan.FromMinutes(5));
        Assert.True(SpinWait.SpinUntil(() => world.Findings.List(null, null, 10).Count == 1, TimeSpan.FromSeconds(30)));
        var found = Assert.Single(world.Findings.List("fraud", null, 10));
        Assert.Equal("range", Assert.Single(found.Findings).Check);

        // The day before is measured once, and the next one has no predictions.
        time.Advance(TimeSpan.FromMinutes(5));
        time.Advance(TimeSpan.FromDays(1));
        await loop.StopAsync(TestContext.Current.CancellationToken);
        Assert.Single(world.Findings.List(null, null, 10));
    }

    [Fact]
    public async Task Nothing_is_measured_where_loops_are_off()
    {
        await using var world = new World("{ range: [0, 8] }");
        var time = new TickingTimeProvider(DateTimeOffset.UnixEpoch);
        using var loop = new FeatureCheckLoop(world.Features, new TrafficPlans(), time, new LoopOptions(false), NullLogger<FeatureCheckLoop>.Instance);

        await loop.StartAsync(TestContext.Current.CancellationToken);
        await loop.ExecuteTask!;

        Assert.False(time.HasTimers);
    }

    private sealed class World : IAsyncDisposable
    {
        public const string Checked = "customer_activity.count_7d";

        private readonly TrafficPlan plan;

        public World(string checks)
        {
            Fixture = new ServingFixture(change: p => p.Replace(
                "features/customer_activity.yaml", "count_7d:         count() over 7d", $"count_7d: {{ expr: count() over 7d, checks: {checks} }}"));
            plan = new TrafficPlan("probe", Fixture.Version(1));
            Findings = new FeatureFindings(Fixture.World.Workspace);
        }

        public ServingFixture Fixture { get; }

        public FeatureFindings Findings { get; }

        public ServedFeatures Features => new(Fixture.World.Workspace, Fixture.World.Events, Fixture.Project, Fixture, Findings);

        /// <summary>Predictions of customer 1 whose checked feature has the given values.</summary>
        public async Task ServeAsync(int count, Func<int, Value> value, Func<int, PredictionRoute>? route = null)
        {
            await Fixture.World.IngestAsync(
                "transactions",
                ProjectWorkspace.Payment(9001, new EventTime(ServingFixture.Noon.Micros - 7_200_000_000), 1, 1, 1),
                ProjectWorkspace.Payment(9002, new EventTime(ServingFixture.Noon.Micros - 3_600_000_000), 1, 1, 1),
                ProjectWorkspace.Payment(9003, new EventTime(ServingFixture.Noon.Micros + 3_600_000_000), 1, 1, 1));
            // Made under another name, so that the log holds only what is written here.
            var record = Fixture.Predict(plan)!;
            var entries = new List<JournalEntry>();
            for (var i = 0; i < count; i++)
            {
                Value[] features = [.. record.Features];
                features[2] = value(i);
                entries.Add(new JournalEntry(PredictionLog.Stream, PredictionCodec.Encode(record with { Model = ServingFixture.Model, RequestId = $"made-{i}", Features = features, Route = route?.Invoke(i) ?? PredictionRoute.Predict })));
            }

            await Fixture.World.Workspace.Predictions.AppendAsync(new JournalBatch(entries), default);
        }

        public Task<FeatureCheckReport> CheckAsync(int day = 0)
        {
            return Features.RunAsync("fraud", new EventTime(Day.Micros + (day * Clock.MicrosPerDay)), new EventTime(Day.Micros + ((day + 1) * Clock.MicrosPerDay)), default);
        }

        public ValueTask DisposeAsync() => Fixture.DisposeAsync();
    }
}
