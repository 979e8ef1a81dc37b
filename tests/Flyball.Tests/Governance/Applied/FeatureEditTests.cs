using System.Net;
using System.Text.Json.Nodes;
using Flyball.Engine.Expressions;
using Flyball.Engine.Identity;
using Flyball.Engine.Time;
using Flyball.Serving;
using Flyball.Storage.Journals;

namespace Flyball.Tests.Governance.Applied;

/// <summary>A feature that a served version uses is not changed in place; it is renamed, retired, and only then removed.</summary>
public sealed class FeatureEditTests : IAsyncLifetime
{
    private const string Model = "models/fraud.yaml";
    private const string Customer = "features/customer_activity.yaml";
    private const string Selected = ServedWorld.Selected;
    private const string AllButOne = "[ transaction.amount, transaction.is_night, customer_activity.count_7d, terminal_risk.count_28d ]";

    private readonly ServedWorld served = new();
    private readonly AppliedWorld world;

    public FeatureEditTests() => world = served.World;

    public ValueTask InitializeAsync() => served.InitializeAsync();

    public ValueTask DisposeAsync() => served.DisposeAsync();

    [Fact]
    public async Task An_edit_in_place_names_the_models_and_is_refused_unless_the_model_may_break()
    {
        world.Project.Replace(Customer, "count_7d:         count() over 7d", "count_7d:         count() over 8d");

        var edit = await EditAsync("customer_activity.count_7d");
        var refused = await world.PostAsync("/v1/project/apply", "{}");
        var applied = await world.PostAsync("/v1/project/apply", """{"allow_breaking":["fraud"]}""");

        Assert.Equal(("changed", true), ((string)edit["change"]!, (bool)edit["breaking"]!));
        Assert.NotEqual((string)edit["from"]!, (string)edit["to"]!);
        Assert.Equal(["fraud"], edit["models"]!.AsArray().Select(m => (string)m!));
        Assert.Equal(["fraud 1 (champion)"], edit["versions"]!.AsArray().Select(m => (string)m!));
        Assert.Equal((HttpStatusCode.Conflict, "FLY1265"), (refused.Status, (string?)refused.Body["code"]));
        Assert.Contains("customer_activity.count_7d", (string?)refused.Body["detail"], StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, applied.Status);
    }

    [Fact]
    public async Task A_feature_that_nobody_serves_may_be_edited_and_one_under_a_new_name_added()
    {
        world.Project.Replace(Customer, "amount_max_1d:    max(amount) over 1d", "amount_max_1d:    max(amount) over 2d\n  count_8d:         count() over 8d");

        Assert.False((bool)(await EditAsync("customer_activity.amount_max_1d"))["breaking"]!);
        Assert.Equal("added", (string)(await EditAsync("customer_activity.count_8d"))["change"]!);
        Assert.Equal(HttpStatusCode.OK, (await world.PostAsync("/v1/project/apply", "{}")).Status);
    }

    [Fact]
    public async Task Words_and_checks_change_no_meaning()
    {
        world.Project.Replace(Customer, "count_7d:         count() over 7d", "count_7d: { expr: count() over 7d, unit: payments, checks: { range: [0, 500] } }");

        var edit = await EditAsync("customer_activity.count_7d");

        Assert.Equal(("described", (string)edit["from"]!), ((string)edit["change"]!, (string)edit["to"]!));
        Assert.Equal(HttpStatusCode.OK, (await world.PostAsync("/v1/project/apply", "{}")).Status);
    }

    [Fact]
    public async Task Removal_is_refused_while_the_champion_answers_with_it_and_retirement_is_the_way()
    {
        world.Project.Replace(Model, Selected, AllButOne);
        world.Project.Replace(Customer, "  count_30d:        count() over 30d\n", "");

        Assert.Equal("removed", (string)(await EditAsync("customer_activity.count_30d"))["change"]!);
        var refused = await world.PostAsync("/v1/project/apply", """{"allow_breaking":["fraud"]}""");
        Assert.Equal((HttpStatusCode.Conflict, "FLY3195"), (refused.Status, (string?)refused.Body["code"]));

        world.Project.Replace(Customer, "  count_7d:         count() over 7d\n", "  count_7d:         count() over 7d\n  count_30d: { expr: count() over 30d, retired: true }\n");
        Assert.Equal("retired", (string)(await EditAsync("customer_activity.count_30d"))["change"]!);
        Assert.Equal(HttpStatusCode.OK, (await world.PostAsync("/v1/project/apply", "{}")).Status);
    }

    [Fact]
    public async Task A_feature_shows_its_columns_its_versions_and_how_often_it_was_served()
    {
        await ServeAsync("request-1");

        var feature = await world.GetAsync("/v1/features/transaction.amount_vs_mean_7d");
        var answered = await world.GetAsync("/v1/features/customer_activity.count_30d");

        Assert.Equal(["customer_activity.amount_mean_7d"], feature["reads"]!.AsArray().Select(m => (string)m!));
        Assert.Equal(
            ["transactions.amount direct aggregation", "transactions.amount direct transformation", "transactions.customer_id indirect group_by", "transactions.event_time indirect window"],
            feature["columns"]!.AsArray().Select(c => $"{c!["source"]}.{c["column"]} {c["type"]} {c["transformation"]}"));
        Assert.Equal(0, (int)feature["served"]!);
        Assert.Equal((1, "2026-03-01T00:00:00Z"), ((int)answered["served"]!, (string)answered["last_served"]!));
        Assert.Equal("champion", (string)answered["versions"]![0]!["role"]!);
        var listed = (await world.GetAsync("/v1/features"))["views"]!.AsArray().First(v => (string?)v!["view"] == "customer_activity")!["features"]!.AsArray();
        Assert.Equal("{\"null_rate\":\"< 0.05\",\"range\":[0,1]}", listed.First(f => (string?)f!["name"] == "night_share_30d")!["checks"]!.ToJsonString().Replace("\\u003C", "<", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_prediction_is_traced_to_its_version_features_and_columns()
    {
        await ServeAsync("request-1");

        var traced = await world.GetAsync("/v1/lineage?request=request-1");
        var model = await world.GetAsync("/v1/lineage?model=fraud");

        Assert.Equal((served.Champion.Hex, 1), ((string)traced["digest"]!, (int)traced["version"]!));
        Assert.Equal(Digest.Of("run 1").Hex, (string)traced["run_id"]!);
        var feature = traced["features"]!.AsArray().First(f => (string?)f!["feature"] == "customer_activity.count_30d")!;
        Assert.Equal(7, (int)feature["value"]!);
        Assert.Contains(feature["columns"]!.AsArray(), c => (string?)c!["column"] == "customer_id");
        Assert.Equal(5, model["features"]!.AsArray().Count);
        Assert.Equal(1, (int)model["versions"]![0]!["predictions"]!);
    }

    [Fact]
    public async Task Parity_is_answered_recorded_and_shown()
    {
        var answer = await world.PostAsync("/v1/models/fraud/parity", "{}");

        Assert.Equal(["model", "served", "compared", "identical", "other_definitions", "without_features", "keys", "mismatch_count", "mismatches", "features"], answer.Body.Select(p => p.Key));
        Assert.Equal("fraud", (string)(await world.GetAsync("/v1/models/fraud/parity"))["report"]!["model"]!);
        Assert.Equal((HttpStatusCode.NotFound, "FLY4004"), await CodeAsync("/v1/models/nobody/parity"));
        var gates = (await world.GetAsync("/v1/models/fraud/versions/1"))["gates"]!.AsArray().Select(g => (string)g!["gate"]!);
        Assert.Equal(["feature_parity", "served_parity"], gates.Where(g => g.EndsWith("_parity", StringComparison.Ordinal)));
    }

    private async Task<(HttpStatusCode, string?)> CodeAsync(string path)
    {
        var (status, body) = await world.PostAsync(path, "{}");
        return (status, (string?)body["code"]);
    }

    private async Task<JsonObject> EditAsync(string feature)
    {
        var plan = await world.GetAsync("/v1/project/plan");
        return (JsonObject)plan["changes"]!.AsArray().Where(c => (string?)c!["kind"] == "features").SelectMany(c => c!["features"]!.AsArray()).Single(f => (string?)f!["feature"] == feature)!;
    }

    /// <summary>One prediction as the champion would have logged it.</summary>
    private async Task ServeAsync(string requestId)
    {
        var record = new PredictionRecord
        {
            RequestId = requestId,
            Model = "fraud",
            Version = 1,
            Digest = served.Champion,
            ChosenVersion = 1,
            Unit = "1",
            Instant = EventTime.From(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero)),
            Horizon = default,
            Request = "{}"u8.ToArray(),
            Features = [Value.FromNumber(10), Value.FromBoolean(false), Value.FromInteger(3), Value.FromInteger(7), Value.FromInteger(1)],
            Raw = 0.5f,
            Score = 0.5,
            LatencyMicros = 1,
        };
        await world.Host!.Workspace.Predictions.AppendAsync(new JournalBatch([new JournalEntry(PredictionLog.Stream, PredictionCodec.Encode(record))]), default);
    }
}
