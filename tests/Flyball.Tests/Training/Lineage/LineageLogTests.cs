using System.Text.Json.Nodes;
using Flyball.Tests.Workspaces;
using Flyball.Training.Lineage;

namespace Flyball.Tests.Training.Lineage;

/// <summary>Training runs leave OpenLineage events that hold what the specification requires.</summary>
public sealed class LineageLogTests : IAsyncDisposable
{
    private readonly ProjectWorkspace world = new(new FraudProject());

    public ValueTask DisposeAsync() => world.DisposeAsync();

    [Fact]
    public async Task A_run_that_succeeds_leaves_a_start_and_a_complete_with_all_that_is_required()
    {
        await PayAsync();
        var log = new LineageLog(world.Workspace);

        var attempt = log.Start("run", world.Plan, world.Model, world.Tables());
        log.Complete(attempt, world.Plan, world.Model, world.Tables(), "abc");

        var events = log.Read(0, 10);
        Assert.Equal(["START", "COMPLETE"], events.Select(e => (string)e["eventType"]!));
        Assert.All(events, Valid);
        Assert.Single(events.Select(e => (string)e["run"]!["runId"]!).Distinct());
        var inputs = events[1]["inputs"]!.AsArray();
        Assert.Equal(["fraud_reports", "transactions"], inputs.Select(i => (string)i!["name"]!));
        Assert.Contains(inputs[1]!["facets"]!["schema"]!["fields"]!.AsArray(), f => (string?)f!["name"] == "amount");
        Assert.Equal(world.Tables().First(t => t.Table == "transactions").Digest.Hex, (string)inputs[1]!["facets"]!["version"]!["datasetVersion"]!);
        var output = events[1]["outputs"]![0]!;
        Assert.Equal(("model.fraud", "abc"), ((string)output["name"]!, (string)output["facets"]!["version"]!["datasetVersion"]!));
        var mean = output["facets"]!["columnLineage"]!["fields"]!["customer_activity.amount_mean_7d"]!["inputFields"]!.AsArray();
        Assert.Equal(
            ["transactions.amount DIRECT AGGREGATION", "transactions.customer_id INDIRECT GROUP_BY", "transactions.event_time INDIRECT WINDOW"],
            mean.Select(f => $"{f!["name"]}.{f["field"]} {f["transformations"]![0]!["type"]} {f["transformations"]![0]!["subtype"]}"));
    }

    [Fact]
    public void Each_attempt_at_a_run_has_an_id_of_its_own()
    {
        var log = new LineageLog(world.Workspace);

        var first = log.Start("run", world.Plan, world.Model, world.Tables());
        log.Fail(first, world.Plan, "fraud", "too few rows");
        var second = log.Start("run", world.Plan, world.Model, world.Tables());

        Assert.NotEqual(first, second);
        var failed = log.Read(1, 1).Single();
        Assert.Equal("FAIL", (string)failed["eventType"]!);
        Assert.Equal("too few rows", (string)failed["run"]!["facets"]!["errorMessage"]!["message"]!);
        Valid(failed);
    }

    [Fact]
    public void A_start_whose_process_is_gone_gets_one_end()
    {
        var log = new LineageLog(world.Workspace);
        log.Complete(log.Start("one", world.Plan, world.Model, world.Tables()), world.Plan, world.Model, world.Tables(), "abc");
        var open = log.Start("two", world.Plan, world.Model, world.Tables());

        new LineageLog(world.Workspace).Recover();
        var again = new LineageLog(world.Workspace);
        again.Recover();

        var events = again.Read(0, 10);
        Assert.Equal(["START", "COMPLETE", "START", "ABORT"], events.Select(e => (string)e["eventType"]!));
        Assert.Equal(open.ToString(), (string)events[3]["run"]!["runId"]!);
        Valid(events[3]);
    }

    [Fact]
    public async Task A_line_cut_short_is_taken_off()
    {
        var log = new LineageLog(world.Workspace);
        log.Start("one", world.Plan, world.Model, world.Tables());
        await File.AppendAllTextAsync(Path.Combine(world.Workspace.Directory.Root, "lineage", "events.ndjson"), "{\"eventType\":", TestContext.Current.CancellationToken);

        var again = new LineageLog(world.Workspace);
        again.Start("two", world.Plan, world.Model, world.Tables());

        Assert.Equal(2, again.Read(0, 10).Count);
        Assert.Single(again.Read(1, 10));
    }

    /// <summary>What the specification's RunEvent, and every facet of it, must hold.</summary>
    private static void Valid(JsonObject lineage)
    {
        Assert.True(DateTimeOffset.TryParse((string)lineage["eventTime"]!, System.Globalization.CultureInfo.InvariantCulture, out _));
        Assert.True(Uri.TryCreate((string)lineage["producer"]!, UriKind.Absolute, out _));
        Assert.Equal("https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent", (string)lineage["schemaURL"]!);
        Assert.True(Guid.TryParseExact((string)lineage["run"]!["runId"]!, "D", out var id));
        Assert.Equal('8', id.ToString("D")[14]);
        Assert.False(string.IsNullOrEmpty((string?)lineage["job"]!["namespace"]));
        Assert.False(string.IsNullOrEmpty((string?)lineage["job"]!["name"]));
        var holders = new[] { lineage["run"]!, lineage["job"]! }.Concat(lineage["inputs"]!.AsArray()!).Concat(lineage["outputs"]!.AsArray()!).ToList();
        Assert.All(holders.SelectMany(h => h!["facets"]!.AsObject()), f =>
        {
            Assert.True(Uri.TryCreate((string)f.Value!["_producer"]!, UriKind.Absolute, out _), f.Key);
            Assert.StartsWith("https://openlineage.io/spec/facets/", (string)f.Value["_schemaURL"]!, StringComparison.Ordinal);
        });
        Assert.All(lineage["inputs"]!.AsArray().Concat(lineage["outputs"]!.AsArray()), d => Assert.False(string.IsNullOrEmpty((string?)d!["namespace"]) || string.IsNullOrEmpty((string?)d["name"])));
    }

    private Task PayAsync() => world.IngestAsync("transactions", ProjectWorkspace.Payment(1, new(1_000_000), 1, 1, 5));
}
