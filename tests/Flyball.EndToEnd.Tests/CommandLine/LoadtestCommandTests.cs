using System.Globalization;
using System.Text.Json.Nodes;
using Flyball.EndToEnd.Tests.Programs;

namespace Flyball.EndToEnd.Tests.CommandLine;

public sealed class LoadtestCommandTests(DeployedShop shop)
{
    private static readonly string[] Patient = ["--seconds", "0.3", "--connections", "4", "--most", "100"];

    [Fact]
    public async Task What_a_load_test_finds_stands_in_the_champions_record_and_its_requests_in_the_log_as_tests()
    {
        using var folder = new TemporaryFolder();
        var data = folder.Copy(shop.Data, "data");
        var rows = folder["rows.csv"];
        await File.WriteAllTextAsync(rows, "payment_id,event_time,customer_id,amount\n70000001,2026-01-05T00:00:00Z,3,120.5\n70000002,2026-01-05T00:00:00Z,4,20.5\n", TestContext.Current.CancellationToken);
        await using var server = await FlyballServer.StartAsync(shop.Project, data);
        string[] place = ["--project", shop.Project, "--data", data, "--json"];

        var none = await FlyballProgram.RunAsync(["loadtest", "shop", .. place, .. Patient, "--budget", "20s"]);
        var run = await FlyballProgram.RunAsync(["loadtest", "shop", "--rows", rows, .. place, .. Patient, "--budget", "20s"]);
        var list = await FlyballProgram.RunAsync(["predictions", "list", "shop", "--limit", "3", .. place]);
        var again = await FlyballProgram.RunAsync(["loadtest", "shop", .. place, .. Patient, "--budget", "20s"]);
        var broken = await FlyballProgram.RunAsync(["loadtest", "shop", .. place, .. Patient, "--budget", "1us"]);

        Assert.Equal((2, "FLY3933"), (none.ExitCode, (string)none.Document["code"]!));
        Assert.True(run.ExitCode == 0, run.Output + run.Errors);
        Assert.Equal((100, "p99", 4), ((int)run.Document["found"]!["rate"]!, (string)run.Document["found"]!["quantile"]!, (int)run.Document["found"]!["connections"]!));
        Assert.Equal([50, 100], run.Document["steps"]!.AsArray().Where(s => s!["breaks"] is null).Select(s => (int)s!["rate"]!));
        Assert.All(list.Document["predictions"]!.AsArray(), p => Assert.Equal("test", (string)p!["route"]!));
        Assert.True(again.ExitCode == 0, again.Output + again.Errors);
        Assert.Equal(1, broken.ExitCode);
        Assert.Null(broken.Document["found"]!["rate"]);

        var id = (string)list.Document["predictions"]![0]!["request_id"]!;
        var shown = await FlyballProgram.RunAsync(["predictions", "show", id, .. place]);
        Assert.Equal((0, id, "shop"), (shown.ExitCode, (string)shown.Document["request_id"]!, (string)shown.Document["model"]!));
        Assert.Equal(["payment.amount", "payment.hour", "activity.count_30d", "activity.amount_30d"], shown.Document["features"]!.AsArray().Select(f => (string)f!["name"]!));

        var version = await server.GetAsync("/v1/models/shop/versions/1");
        var tag = JsonNode.Parse((string)version["tags"]!["loadtest"]!)!;
        Assert.Equal((string)again.Document["found"]!["measured_at"]!, (string)tag["measured_at"]!);
        Assert.Equal(Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture), tag["cores"]!.ToJsonString());
    }
}
