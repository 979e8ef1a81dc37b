using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Flyball.EndToEnd.Tests.Programs;

namespace Flyball.EndToEnd.Tests.CommandLine;

public sealed class CommandLineTests(DeployedShop shop)
{
    [Fact]
    public async Task Check_of_a_good_project_exits_0()
    {
        var run = await FlyballProgram.RunAsync("check", "--project", shop.Project, "--json");
        Assert.Equal(0, run.ExitCode);
        Assert.True(run.Document["ok"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Check_of_a_broken_project_names_every_problem_with_its_place()
    {
        using var folder = new TemporaryFolder();
        var project = ShopProject.Write(folder["project"]);
        // Not the contract of the payments: without it nothing could be said about the features that read them.
        Replace("contracts/reports.odcs.yaml", "logicalType: timestamp", "logicalType: timestmap");
        Replace("features/activity.yaml", "sum(amount)", "smu(amount)");
        Replace("features/payment.yaml", "hour(event_time)", "hour(event_tmie)");
        Replace("models/shop.yaml", "task: binary-classification", "task: guessing");

        foreach (var json in (bool[])[false, true])
        {
            var run = (await FlyballProgram.RunAsync(["check", "--project", project, .. json ? (string[])["--json"] : []])).WithoutStackTrace();
            Assert.Equal(2, run.ExitCode);
            foreach (var (file, word) in (IEnumerable<(string, string)>)
                [("reports.odcs.yaml", "timestmap"), ("activity.yaml", "smu"), ("payment.yaml", "event_tmie"), ("shop.yaml", "guessing")])
            {
                var line = run.Errors.Split('\n').Where(l => l.Contains(file, StringComparison.Ordinal) && l.Contains(word, StringComparison.Ordinal)).ToList();
                Assert.True(line.Count > 0, $"nothing about '{word}' in {file}: {run.Errors}");
                Assert.Matches(@"\.yaml\(\d+,\d+\)", line[0]);
            }

            if (json)
            {
                var errors = run.Document["errors"]!.AsArray();
                Assert.True(errors.Count >= 4, run.Output);
                Assert.All(errors, e => Assert.True(e!["file"] is not null && e["line"] is not null && e["column"] is not null, e.ToJsonString()));
            }
        }

        void Replace(string name, string from, string to)
        {
            var path = Path.Combine(project, name);
            var text = File.ReadAllText(path);
            Assert.Contains(from, text, StringComparison.Ordinal);
            File.WriteAllText(path, text.Replace(from, to, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("check", "--colour")]
    [InlineData("frobnicate")]
    [InlineData("ingest")]
    [InlineData("train")]
    [InlineData("simulate", "--seed", "x", "--out", "y")]
    public async Task Bad_usage_exits_2_and_names_the_help(params string[] arguments)
    {
        var run = (await FlyballProgram.RunAsync(arguments)).WithoutStackTrace();
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--help", run.Errors, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    [Theory]
    [InlineData("check", "--colour", "--json")]
    [InlineData("check", "--project", "/nowhere-at-all", "--json")]
    [InlineData("train", "--project", "/nowhere-at-all", "shop", "--json")]
    [InlineData("ingest", "payments", "/nowhere-at-all.csv", "--json")]
    [InlineData("up", "--project", "/nowhere-at-all", "--json")]
    [InlineData("up", "--urls", "http://0.0.0.0:0", "--json")]
    public async Task With_json_an_error_is_one_document_on_standard_output(params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        string[] project = arguments.Contains("--project") ? [] : ["--project", shop.Project];
        var run = (await FlyballProgram.RunAsync([.. arguments, .. project, "--data", folder["data"]])).WithoutStackTrace();
        Assert.Equal(2, run.ExitCode);
        Assert.NotNull(run.Document["detail"]);
        Assert.NotEmpty(run.Document["errors"]!.AsArray());
        Assert.NotEmpty(run.Errors);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_said_without_a_stack_trace()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        using var folder = new TemporaryFolder();
        var run = (await FlyballProgram.RunAsync("up", "--project", shop.Project, "--data", folder["data"], "--urls", $"http://127.0.0.1:{port}")).WithoutStackTrace();
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(port, run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_data_directory_that_cannot_be_made_is_said_without_a_stack_trace()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["file"], "not a folder");
        var run = (await FlyballProgram.RunAsync("up", "--project", shop.Project, "--data", folder["file"], "--urls", "http://127.0.0.1:0")).WithoutStackTrace();
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(folder["file"], run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_file_twice_adds_nothing()
    {
        using var folder = new TemporaryFolder();
        var data = folder.Copy(shop.Data, "data");
        string[] ingest = ["ingest", "payments", shop.PaymentsFile, "--known-at", "event_time", "--project", shop.Project, "--data", data, "--json"];

        var again = await FlyballProgram.RunAsync(ingest);

        Assert.Equal(0, again.ExitCode);
        Assert.Equal(0, again.Document["accepted"]!.GetValue<long>());
        Assert.Equal(again.Document["received"]!.GetValue<long>(), again.Document["duplicates"]!.GetValue<long>());
        Assert.True(again.Document["received"]!.GetValue<long>() > 1000);
    }

    [Fact]
    public async Task Audit_verify_exits_0_on_what_the_program_wrote()
    {
        using var folder = new TemporaryFolder();
        var run = await FlyballProgram.RunAsync("audit", "verify", "--project", shop.Project, "--data", folder.Copy(shop.Data, "data"), "--json");
        Assert.Equal(0, run.ExitCode);
        Assert.True(run.Document["verified"]!.GetValue<bool>());
        Assert.True(run.Document["entries"]!.GetValue<long>() >= 3, run.Output);
    }

    [Fact]
    public async Task Training_on_shuffled_labels_exits_1_because_a_gate_refuses_it()
    {
        using var folder = new TemporaryFolder();
        var data = folder.Copy(shop.Data, "data");

        var run = (await FlyballProgram.RunAsync("train", "shop", "--permute-labels", "5", "--project", shop.Project, "--data", data, "--json")).WithoutStackTrace();

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(run.Document["gates"]!.AsArray(), g => g!["ok"]!.GetValue<bool>() is false);
        Assert.Equal("refused", run.Document["state"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_command_talks_to_the_server_that_holds_the_directory()
    {
        using var folder = new TemporaryFolder();
        var data = folder.Copy(shop.Data, "data");
        await using var server = await FlyballServer.StartAsync(shop.Project, data);
        var file = folder["more.ndjson"];
        await File.WriteAllTextAsync(file, """{"payment_id":930000,"event_time":"2026-01-01T12:00:00Z","customer_id":3,"amount":1}""" + "\n");
        var horizon = await server.HorizonAsync();

        var run = await FlyballProgram.RunAsync("ingest", "payments", file, "--project", shop.Project, "--data", data, "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(1, run.Document["accepted"]!.GetValue<long>());
        Assert.Equal(horizon + 1, await server.HorizonAsync());
    }

    [Fact]
    public async Task Up_ends_with_0_when_it_is_told_to_stop()
    {
        using var folder = new TemporaryFolder();
        await using var server = await FlyballServer.StartAsync(shop.Project, folder.Copy(shop.Data, "data"));
        await server.StopAsync();
        Assert.Equal(0, server.ExitCode);
        Assert.DoesNotContain("   at ", server.Errors, StringComparison.Ordinal);
    }
}
