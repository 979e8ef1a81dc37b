using System.Globalization;
using System.Text.Json.Nodes;
using Flyball.Contracts;
using Flyball.Engine.Problems;
using Flyball.Tests.Contracts;
using Flyball.Training.Leakage;

namespace Flyball.Tests.Training.Examples;

/// <summary>The examples on the data they were written for, where that is at hand.</summary>
public sealed class RealExamplesTests
{
    /// <summary>scikit-learn's gradient boosting has 0.8468 on the same rows.</summary>
    [Fact]
    public async Task Churn_is_told_as_well_as_by_others_no_feature_is_suspected_and_the_run_is_made_again_to_the_same_digest()
    {
        var file = SharedFiles.Find("data/churn/Telco-Customer-Churn.csv");
        await using var world = new ExampleWorld("churn");
        await world.IngestAsync("customers", file, KnownAtPolicy.Assigned);

        var result = await world.TrainTwiceAsync("churn");

        Assert.InRange(result.Metrics["roc_auc"], 0.8468 - 0.01, 1);
        Assert.Empty(result.Leakage!);
        Assert.Equal((4225, 1057, 1761), (result.Split!.Parts[0].Rows, result.Split.Parts[1].Rows, result.Split.Parts[2].Rows));
        Assert.True(result.Latency is { P50Micros: > 0, Measurements: 1761 } latency && latency.P50Micros <= latency.P95Micros && latency.P95Micros <= latency.P99Micros && latency.P99Micros == result.LatencyP99Micros);
    }

    [Fact]
    public async Task Casual_rentals_are_a_leak_of_all_rentals()
    {
        await using var world = await DemandAsync(project => File.AppendAllText(Path.Combine(project, "features", "hour.yaml"), "  casual: casual\n"));

        var refused = Assert.Throws<FlyballException>(() => world.Train("demand"));

        Assert.Equal("FLY3236", refused.Problem.Code);
        Assert.Contains("hour.casual looks like a leak: it reads casual, which adds up with registered to the label", refused.Problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Demand_is_forecast_better_than_by_the_week_before_from_every_origin_and_made_again_to_the_same_digest()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("FLYBALL_LONG") == "1", "Ten trainings take minutes: FLYBALL_LONG=1 runs them.");
        await using var world = await DemandAsync();

        var result = await world.TrainTwiceAsync("demand");

        Assert.True(result.Metrics["rmse"] < 0.7 * result.Baseline!.Metrics["rmse"]);
        Assert.Equal(("seasonal-naive", 4), (result.Baseline.Kind, result.Backtests!.Count));
        Assert.All(result.Backtests, b => Assert.True(b.Metrics["rmse"] < b.Baseline["rmse"], b.From));
        TestContext.Current.TestOutputHelper!.WriteLine(FormattableString.Invariant($"RMSE {result.Metrics["rmse"]:F2}, seasonal naive {result.Baseline.Metrics["rmse"]:F2}; {string.Join("; ", result.Backtests.Select(b => FormattableString.Invariant($"{b.From} {b.Metrics["rmse"]:F2} against {b.Baseline["rmse"]:F2}")))}"));
    }

    [Fact]
    public async Task Fraud_is_made_again_to_the_same_digest()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("FLYBALL_LONG") == "1", "Two trainings on 174,289 payments take a minute: FLYBALL_LONG=1 runs them.");
        await using var world = await FraudAsync(every: 1);

        var result = await world.TrainTwiceAsync("fraud");

        Assert.Empty(result.Leakage!);
        TestContext.Current.TestOutputHelper!.WriteLine(FormattableString.Invariant($"average precision {result.Metrics["average_precision"]:F4}, ROC AUC {result.Metrics["roc_auc"]:F4}"));
    }

    /// <summary>One customer in six: features of amounts, customers and terminals that tell fraud well are no leaks.</summary>
    [Fact]
    public async Task No_feature_of_recorded_card_payments_is_suspected_and_one_that_knows_the_report_is()
    {
        await using (var honest = await FraudAsync(every: 6))
        {
            var (model, builder, set) = honest.Rows("fraud");
            Assert.True(set.Train is { Rows: > 10_000, Positives: > 50 }, $"{set.Train.Rows} rows, {set.Train.Positives} frauds");
            Assert.Empty(new LeakageCheck(model, set).Run(builder));
        }

        await using var planted = await FraudAsync(every: 6, planted: true);
        var (told, rows, parts) = planted.Rows("fraud");

        var finding = Assert.Single(new LeakageCheck(told, parts).Run(rows));

        Assert.Equal(("transaction.charged_back", "strength", false), (finding.Feature, finding.Kind, finding.Allowed));
    }

    private static async Task<ExampleWorld> DemandAsync(Action<string>? change = null)
    {
        var file = SharedFiles.Find("data/bike_sharing/hour.csv");
        var world = new ExampleWorld("demand", change);
        await world.IngestAsync("rentals", file, KnownAtPolicy.EventTime, ["dteday"]);
        return world;
    }

    /// <param name="every">Payments of one customer in so many.</param>
    /// <param name="planted">With a column of the payment, and a feature, that say what will be reported.</param>
    private static async Task<ExampleWorld> FraudAsync(int every, bool planted = false)
    {
        var (payments, reports) = (SharedFiles.Find("data/fraud/transactions.csv.gz"), SharedFiles.Find("data/fraud/fraud_reports.csv.gz"));
        var world = new ExampleWorld("fraud", planted ? Plant : null);
        var frauds = new HashSet<long>();
        await world.IngestAsync("fraud_reports", reports, KnownAtPolicy.EventTime, ["event_time"], add: row => frauds.Add((long)row["is_fraud"]! == 1 ? (long)row["transaction_id"]! : -1));
        Action<JsonObject>? plant = planted ? row => row["charged_back"] = frauds.Contains((long)row["transaction_id"]!) ? 1 : 0 : null;
        await world.IngestAsync(
            "transactions", payments, KnownAtPolicy.EventTime, ["event_time"], cells => long.Parse(cells[2], CultureInfo.InvariantCulture) % every == 0, plant);
        return world;
    }

    private static void Plant(string project)
    {
        var contract = Path.Combine(project, "contracts", "transactions.odcs.yaml");
        var text = File.ReadAllText(contract);
        var place = text.IndexOf("    quality:", StringComparison.Ordinal);
        File.WriteAllText(contract, text.Insert(place, "\n      - { name: charged_back, logicalType: integer, required: true }\n"));
        File.AppendAllText(Path.Combine(project, "features", "transaction.yaml"), "  charged_back: charged_back\n");
    }
}
