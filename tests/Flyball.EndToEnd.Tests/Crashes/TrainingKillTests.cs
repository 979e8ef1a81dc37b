using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Flyball.EndToEnd.Tests.Programs;

namespace Flyball.EndToEnd.Tests.Crashes;

/// <summary>A training run that dies in any of its steps, asked for again, ends with the bundle of one that was never disturbed.</summary>
public sealed class TrainingKillTests(DeployedShop shop)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_run_killed_at_each_step_gives_the_same_bundle()
    {
        var expected = await DigestOfTheShopAsync();
        using var folder = new TemporaryFolder();
        var data = folder["data"];
        await using (var server = await FlyballServer.StartAsync(shop.Project, data))
        {
            foreach (var (source, file) in (IEnumerable<(string, string)>)[("payments", shop.PaymentsFile), ("reports", shop.ReportsFile)])
            {
                var (status, answer) = await server.PostAsync($"/v1/imports/{source}?known_at=event_time", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), "text/csv");
                Assert.True(status == 200, answer.ToJsonString());
            }

            await server.StopAsync();
        }

        foreach (var step in (string[])["extract", "features", "validate", "train", "evaluate", "package"])
        {
            await using var server = await FlyballServer.StartAsync(shop.Project, data);
            await KillAtAsync(server, step);
            Assert.True(await WorkersEndAsync(data), $"a worker outlived the server that was killed at {step}");
        }

        await using var last = await FlyballServer.StartAsync(shop.Project, data);
        var interrupted = Assert.Single((await last.GetAsync("/v1/runs"))["runs"]!.AsArray())!;
        Assert.Equal("interrupted", (string?)interrupted["state"]);
        var (trained, run) = await last.PostAsync("/v1/models/shop/train", "{}");
        Assert.True(trained == 200, run.ToJsonString());
        Assert.Equal(expected, (string?)run["digest"]);
        var steps = (await last.GetAsync($"/v1/runs/{run["run_id"]}"))["steps"]!.AsArray();
        Assert.Contains(steps, s => (string?)s!["step"] == "train" && (string?)s["state"] == "kept");
        // The features were computed by an attempt that was killed after them: the later ones took what it stored.
        Assert.Contains(steps, s => (string?)s!["step"] == "features" && (string?)s["state"] == "cached");
        Assert.Equal("register", (string?)steps[^1]!["step"]);

        // The same question again has its answer already.
        var (_, again) = await last.PostAsync("/v1/models/shop/train", "{}");
        Assert.True((bool)again["cached"]!);
        Assert.Equal((string?)run["run_id"], (string?)again["run_id"]);
    }

    private async Task<string> DigestOfTheShopAsync()
    {
        using var folder = new TemporaryFolder();
        folder.Copy(shop.Data, "data");
        await using var server = await FlyballServer.StartAsync(shop.Project, folder["data"]);
        return (string)(await server.GetAsync("/v1/models/shop/versions/1"))["digest"]!;
    }

    /// <summary>Kills the server as soon as the run reports that a step started.</summary>
    private static async Task KillAtAsync(FlyballServer server, string step)
    {
        using var body = new StringContent("{}", Encoding.UTF8, "application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/models/shop/train?progress=true") { Content = body };
        using var response = await server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        while (await lines.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            var report = JsonNode.Parse(line)!;
            Assert.True(report["run"] is null && report["problem"] is null, $"the run ended before {step} started: {line}");
            if ((string?)report["step"] == step && (string?)report["state"] == "started")
            {
                await server.KillAsync();
                return;
            }
        }

        Assert.Fail($"the answer ended before {step} started");
    }

    /// <summary>Whether no process is left that was given this data directory.</summary>
    private static async Task<bool> WorkersEndAsync(string data)
    {
        for (var begun = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begun) < Patience;)
        {
            if (!Directory.EnumerateDirectories("/proc").Any(p => Mentions(p, data)))
            {
                return true;
            }

            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        return false;
    }

    private static bool Mentions(string process, string data)
    {
        try
        {
            return int.TryParse(Path.GetFileName(process), out _) && File.ReadAllText(Path.Combine(process, "cmdline")).Contains(data, StringComparison.Ordinal);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
