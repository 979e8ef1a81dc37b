using System.Net;
using System.Text.Json.Nodes;
using Flyball.Server.Hosting;

namespace Flyball.Tests.Governance.Applied;

/// <summary>What runs is what was applied; the folder proposes.</summary>
public sealed class AppliedProjectTests : IAsyncDisposable
{
    private const string Transactions = "contracts/transactions.odcs.yaml";
    private const string Payment = """{"transaction_id":ID,"event_time":"2026-03-01T00:00:00Z","customer_id":1,"terminal_id":1,"amount":9000}""";

    private readonly AppliedWorld world = new();

    public ValueTask DisposeAsync() => world.DisposeAsync();

    [Fact]
    public async Task TheFirstStart_AppliesTheFolder_AndLeavesAnAuditEntry()
    {
        await world.StartAsync();

        var project = await world.GetAsync("/v1/project");
        var entry = Assert.Single((JsonArray)(await world.GetAsync("/v1/audit"))["entries"]!, e => (string?)e!["action"] == "project.apply");
        Assert.Equal("system:start", (string?)project["applied_by"]);
        Assert.Equal((string?)project["digest"], (string?)entry!["after"]);
        Assert.Null(project["pending"]);
        Assert.Equal(7, ((JsonArray)project["documents"]!).Count);
        Assert.Equal(2, ((JsonArray)(await world.GetAsync("/v1/project/contracts"))["versions"]!).Count);
    }

    [Fact]
    public async Task AnUnchangedFolder_IsNotAppliedAgain_AndAHarmlessEditIsAppliedAtTheStart()
    {
        await world.StartAsync();
        await world.StartAsync();
        Assert.Equal(1, (int)(await world.GetAsync("/v1/project"))["ordinal"]!);

        world.Project.Replace(Transactions, "version: 1.0.0", "version: 1.1.0").Replace(Transactions, "maximum: 10000", "maximum: 20000");
        world.Project.Replace("models/fraud.yaml", "rounds: 120", "rounds: 121");
        await world.StartAsync();

        Assert.Equal(2, (int)(await world.GetAsync("/v1/project"))["ordinal"]!);
        Assert.Equal("1.1.0", await world.VersionAsync());
        var versions = (JsonArray)(await world.GetAsync("/v1/project/contracts?source=transactions"))["versions"]!;
        Assert.Equal(["1.0.0", "1.1.0"], versions.Select(v => (string)v!["version"]!));
    }

    [Fact]
    public async Task ABreakingChangeUnderAMinorVersion_Waits_AndNoPermissionAppliesIt()
    {
        await world.StartAsync();
        world.Project.Replace(Transactions, "version: 1.0.0", "version: 1.1.0").Replace(Transactions, "maximum: 10000", "maximum: 5000");
        await world.StartAsync();

        var project = await world.GetAsync("/v1/project");
        var refused = await world.PostAsync("/v1/project/apply", """{"allow_breaking":["fraud"]}""");
        var stored = await world.PostAsync("/v1/events/transactions", Payment.Replace("ID", "1", StringComparison.Ordinal));

        Assert.Equal("1.0.0", await world.VersionAsync());
        Assert.Equal("FLY1261", (string?)project["pending"]!["problems"]![0]!["code"]);
        Assert.Contains("2.0.0", (string?)project["pending"]!["problems"]![0]!["remedy"], StringComparison.Ordinal);
        Assert.Equal(Transactions, (string?)project["pending"]!["files"]![0]!["path"]);
        Assert.Equal((HttpStatusCode.Conflict, "FLY1261"), (refused.Status, (string?)refused.Body["code"]));
        Assert.Equal(1, (int)stored.Body["accepted"]!);
        Assert.Equal("deny", (string?)((JsonArray)(await world.GetAsync("/v1/audit"))["entries"]!).Last(e => (string?)e!["action"] == "project.apply")!["decision"]);
    }

    [Fact]
    public async Task ABreakingChangeUnderAMajorVersion_IsAppliedByWhoeverNamesTheModelsItBreaks()
    {
        await world.StartAsync();
        world.Project.Replace(Transactions, "version: 1.0.0", "version: 2.0.0").Replace(Transactions, "maximum: 10000", "maximum: 5000");
        await world.StartAsync();
        Assert.Equal("1.0.0", await world.VersionAsync());

        var plan = await world.GetAsync("/v1/project/plan");
        var unasked = await world.PostAsync("/v1/project/apply", "{}");
        var applied = await world.PostAsync("/v1/project/apply", """{"allow_breaking":["fraud"]}""");

        Assert.True((bool)plan["allowed"]!);
        var change = Assert.Single((JsonArray)plan["changes"]!)!["changes"]!;
        Assert.Contains(change.AsArray(), c => (string?)c!["change"] == "range narrowed" && c["features"]!.AsArray().Any(f => (string?)f == "customer_activity.amount_mean_7d"));
        Assert.Equal("FLY1265", (string?)unasked.Body["code"]);
        Assert.True((bool)applied.Body["applied"]!);
        Assert.Equal("fraud", (string?)(await world.GetAsync("/v1/project"))["accepted_breaks"]![0]);
        await world.StartAsync();
        Assert.Equal("2.0.0", await world.VersionAsync());
    }

    [Fact]
    public async Task ATypeChange_IsRefusedOnceRowsAreStored()
    {
        await world.StartAsync();
        const string Reports = "contracts/fraud_reports.odcs.yaml";
        world.Project.Replace(Reports, "version: 1.0.0", "version: 2.0.0")
            .Replace(Reports, "- name: is_fraud\n        logicalType: integer", "- name: is_fraud\n        logicalType: number");
        Assert.Equal("[]", (await world.GetAsync("/v1/project/plan"))["problems"]!.ToJsonString());

        await world.PostAsync("/v1/events/fraud_reports", """{"transaction_id":1,"event_time":"2026-03-01T00:00:00Z","is_fraud":1}""");
        var refused = await world.PostAsync("/v1/project/apply", """{"allow_breaking":["fraud"]}""");

        Assert.Equal("FLY1264", (string?)refused.Body["code"]);
    }

    [Fact]
    public async Task AFolderWithProblems_StopsACommand_AndLeavesAServerWithWhatWasApplied()
    {
        await world.StartAsync();
        world.Project.Replace("models/fraud.yaml", "risk: high", "risk: lwo");

        await Assert.ThrowsAsync<ProjectException>(() => world.StartAsync());
        await world.StartAsync(folderMustBeGood: false);

        var pending = (await world.GetAsync("/v1/project"))["pending"]!;
        Assert.Equal("FLY1144", (string?)pending["problems"]![0]!["code"]);
        Assert.Equal("1.0.0", await world.VersionAsync());
    }

    [Fact]
    public async Task Looking_DoesNotApply()
    {
        await world.StartAsync();
        world.Project.Replace(Transactions, "version: 1.0.0", "version: 1.0.1").Replace(Transactions, "One row for each", "A row for each");
        await world.StartAsync(appliesFolder: false);

        var plan = await world.GetAsync("/v1/project/plan");

        Assert.True((bool)plan["harmless"]!);
        Assert.Equal("1.0.0", await world.VersionAsync());
    }

    [Fact]
    public async Task AnApply_AsksForANewStart_AfterItsAnswer()
    {
        await world.StartAsync(restarts: true);
        var waiting = world.Host!.WaitForShutdownAsync(TestContext.Current.CancellationToken);
        Assert.False((bool)(await world.PostAsync("/v1/project/apply", "{}")).Body["restarting"]!);
        world.Project.Replace(Transactions, "version: 1.0.0", "version: 1.0.1").Replace(Transactions, "One row for each", "A row for each");

        var answer = await world.PostAsync("/v1/project/apply", "{}");

        Assert.True((bool)answer.Body["restarting"]!);
        Assert.True(await waiting);
    }

    [Fact]
    public async Task AnEarlierVersion_IsTakenBesideTheNewOne()
    {
        await world.StartAsync();
        world.Project.Replace(Transactions, "version: 1.0.0", "version: 2.0.0")
            .Replace(Transactions, "maximum: 10000", "maximum: 5000")
            .Replace(Transactions, "\nschema:", "\ncustomProperties:\n  - { property: accepts, value: { version: 1.0.0, until: 9999-01-01T00:00:00Z } }\n\nschema:");
        Assert.Equal(HttpStatusCode.OK, (await world.PostAsync("/v1/project/apply", """{"allow_breaking":["fraud"]}""")).Status);
        await world.StartAsync();

        var taken = await world.PostAsync("/v1/events/transactions", Payment.Replace("ID", "1", StringComparison.Ordinal));

        Assert.Equal(1, (int)taken.Body["accepted"]!);
        var accepts = (await world.GetAsync("/v1/contracts/transactions"))["accepts"]!;
        Assert.Equal(("1.0.0", 1, true), ((string?)accepts["version"], (int)accepts["rows"]!, (bool)accepts["open"]!));
    }

    [Fact]
    public async Task AnEarlierVersionThatWasNeverApplied_StopsTheFirstStart()
    {
        world.Project.Replace(Transactions, "\nschema:", "\ncustomProperties:\n  - { property: accepts, value: { version: 0.9.0, until: 9999-01-01T00:00:00Z } }\n\nschema:");

        var refused = await Assert.ThrowsAsync<ProjectException>(() => world.StartAsync());

        Assert.Equal("FLY1271", refused.Problem.Code);
    }
}
