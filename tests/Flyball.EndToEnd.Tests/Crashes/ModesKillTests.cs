using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Flyball.EndToEnd.Tests.Programs;

namespace Flyball.EndToEnd.Tests.Crashes;

/// <summary>Streams of predictions, requests that are answered later and scored files come out whole, whenever the process dies.</summary>
public sealed class ModesKillTests(DeployedShop shop)
{
    private const int Kills = 12;
    private const int ScoredRows = 400_000;

    private static bool IsLong => Environment.GetEnvironmentVariable("FLYBALL_LONG") == "1";

    [Fact]
    public async Task No_kill_loses_or_doubles_a_prediction_of_a_stream_or_a_job()
    {
        Assert.SkipUnless(IsLong, "A dozen kills take half a minute: FLYBALL_LONG=1 makes them.");
        using var folder = new TemporaryFolder();
        var (project, data) = (folder.Copy(shop.Project, "project"), folder.Copy(shop.Data, "data"));
        await File.AppendAllTextAsync(Path.Combine(project, "models", "shop.yaml"), "serve:\n  stream: { source: payments, output: shop_scores }\n", TestContext.Current.CancellationToken);
        await using (var first = await FlyballServer.StartAsync(project, data))
        {
            await CaughtUpAsync(first);
            await first.StopAsync();
        }

        var draw = new Random(11);
        var (next, acknowledged, jobs) = (1_000_000L, new HashSet<long>(), new List<string>());
        for (var kill = 0; kill < Kills; kill++)
        {
            await using var server = await FlyballServer.StartAsync(project, data);
            for (var request = 0; request < 5; request++)
            {
                var ids = Enumerable.Range(0, 40).Select(i => next + i).ToList();
                var (status, report) = await server.PostAsync("/v1/events/payments", $"[{string.Join(',', ids.Select(Payment))}]");
                Assert.True(status == 200, report.ToJsonString());
                acknowledged.UnionWith(ids);
                next += ids.Count;
                var (accepted, job) = await server.PostAsync("/v1/models/shop/predict?mode=async", Payment(next++));
                Assert.True(accepted == 202, job.ToJsonString());
                jobs.Add((string)job["job_id"]!);
            }

            await Task.Delay(draw.Next(0, 400), TestContext.Current.CancellationToken);
            await server.KillAsync();
        }

        await using var last = await FlyballServer.StartAsync(project, data);
        await CaughtUpAsync(last);
        var predicted = await ReadAsync(last);
        Assert.Equal(acknowledged.Order(), predicted.Select(p => (long)p["key"]!["payment_id"]!).Order());
        Assert.All(predicted, p => Assert.Equal($"shop_scores-{p["input_seq"]}", (string)p["prediction"]!["request_id"]!));
        foreach (var id in jobs)
        {
            var job = await DoneAsync(last, id);
            Assert.Equal(("done", id), ((string)job["state"]!, (string)job["result"]!["request_id"]!));
        }

        Assert.True((bool)(await last.GetAsync($"/v1/predictions/{jobs[0]}/reproduce"))["identical"]!);
        Assert.True((bool)(await last.GetAsync($"/v1/predictions/{(string)predicted[^1]["prediction"]!["request_id"]!}/reproduce"))["identical"]!);
    }

    [Fact]
    public async Task A_scoring_that_is_killed_between_checkpoints_goes_on_to_the_same_bytes()
    {
        Assert.SkipUnless(IsLong, "A model is trained for it: FLYBALL_LONG=1 does.");
        using var folder = new TemporaryFolder();
        var (project, data) = (folder.Copy(shop.Project, "project"), folder.Copy(shop.Data, "data"));
        var model = Path.Combine(project, "models", "shop.yaml");
        await File.WriteAllTextAsync(model, (await File.ReadAllTextAsync(model, TestContext.Current.CancellationToken)).Replace("\"payment.*\", \"activity.*\"", "\"payment.*\"", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        await using (var server = await FlyballServer.StartAsync(project, data))
        {
            var (status, trained) = await server.PostAsync("/v1/models/shop/train", "{}");
            Assert.True(status == 200, trained.ToJsonString());
            await server.StopAsync();
        }

        await File.WriteAllTextAsync(folder["in.csv"], Requests(), TestContext.Current.CancellationToken);
        string[] Score(string output) => ["score", "shop@2", folder["in.csv"], folder[output], "--batch", "256", "--project", project, "--data", data, "--json"];
        var whole = await FlyballProgram.RunAsync(Score("whole.parquet"));
        Assert.True(whole.ExitCode == 0, whole.Errors);
        foreach (var (part, isResumed) in ((int, bool)[])[(2, false), (9, true)])
        {
            using var killed = FlyballProgram.Start([.. Score("out.parquet"), .. isResumed ? ["--resume"] : Array.Empty<string>()]);
            while (!File.Exists(Path.Combine(folder["out.parquet.part"], string.Create(CultureInfo.InvariantCulture, $"{part:d6}.json"))))
            {
                Assert.False(killed.HasExited);
                await Task.Delay(2, TestContext.Current.CancellationToken);
            }

            killed.Kill();
            await killed.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.False(File.Exists(folder["out.parquet"]));
        }

        var last = await FlyballProgram.RunAsync([.. Score("out.parquet"), "--resume"]);
        Assert.True(last.ExitCode == 0, last.Errors);
        Assert.True((long)last.Document["resumed_at"]! >= 10 * 256 * 64);
        Assert.Equal((string)whole.Document["sha256"]!, (string)last.Document["sha256"]!);
        Assert.Equal((ScoredRows - 2L, 2L), ((long)last.Document["scored"]!, (long)last.Document["rejected"]!));
    }

    [Fact]
    public async Task A_scoring_that_looks_features_up_is_killed_and_goes_on_to_the_bytes_of_live_answers()
    {
        Assert.SkipUnless(IsLong, "Several programs are killed for it: FLYBALL_LONG=1 does.");
        using var folder = new TemporaryFolder();
        var (project, data) = (folder.Copy(shop.Project, "project"), folder.Copy(shop.Data, "data"));
        var start = DateTime.UtcNow.Date.AddDays(-12);
        var text = new StringBuilder("payment_id,event_time,customer_id,amount\n");
        for (var id = 0; id < ScoredRows; id++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{10_000_000 + id},{start.AddSeconds(id * 2):yyyy-MM-ddTHH:mm:ssZ},{id % 20},{id % 250}\n");
        }

        await File.WriteAllTextAsync(folder["in.csv"], text.ToString(), TestContext.Current.CancellationToken);
        string[] Score(string output) => ["score", "shop", folder["in.csv"], folder[output], "--batch", "256", "--project", project, "--data", data, "--json"];
        var whole = await FlyballProgram.RunAsync(Score("whole.csv"));
        Assert.True(whole.ExitCode == 0, whole.Errors);
        Assert.Equal("history", (string?)whole.Document["features"]);

        // Killed while the values are sought, between two checkpoints, and again.
        foreach (var (mark, isResumed) in ((string, bool)[])[("job.json", false), ("000002.json", true), ("000009.json", true)])
        {
            using var killed = FlyballProgram.Start([.. Score("out.csv"), .. isResumed ? ["--resume"] : Array.Empty<string>()]);
            while (!File.Exists(Path.Combine(folder["out.csv.part"], mark)))
            {
                Assert.False(killed.HasExited);
                await Task.Delay(2, TestContext.Current.CancellationToken);
            }

            killed.Kill();
            await killed.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.False(File.Exists(folder["out.csv"]));
        }

        var last = await FlyballProgram.RunAsync([.. Score("out.csv"), "--resume"]);
        Assert.True(last.ExitCode == 0, last.Errors);
        Assert.True((long)last.Document["resumed_at"]! >= 10 * 256 * 64);
        Assert.Equal((string)whole.Document["sha256"]!, (string)last.Document["sha256"]!);

        await using var server = await FlyballServer.StartAsync(project, data);
        var lines = await File.ReadAllLinesAsync(folder["out.csv"], TestContext.Current.CancellationToken);
        foreach (var id in (int[])[0, 1, 77_777, 399_999])
        {
            var request = string.Create(CultureInfo.InvariantCulture, $$"""{"payment_id":{{10_000_000 + id}},"event_time":"{{start.AddSeconds(id * 2):yyyy-MM-ddTHH:mm:ssZ}}","customer_id":{{id % 20}},"amount":{{id % 250}}}""");
            var (status, answer) = await server.PostAsync("/v1/models/shop/predict", request);
            Assert.True(status == 200, answer.ToJsonString());
            Assert.Equal((double)answer["prediction"]!, double.Parse(lines[1 + id].Split(',')[1], CultureInfo.InvariantCulture));
        }
    }

    private static string Payment(long id) => string.Create(
        CultureInfo.InvariantCulture, $$"""{"payment_id":{{id}},"event_time":"{{DateTime.UtcNow:yyyy-MM-ddTHH:mm:ss.ffffffZ}}","customer_id":{{id % 20}},"amount":{{id % 250}}}""");

    private static string Requests()
    {
        var text = new StringBuilder("payment_id,event_time,customer_id,amount\n");
        for (var id = 0; id < ScoredRows; id++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{id},2026-01-{1 + (id % 28):d2}T{id % 24:d2}:00:00Z,{id % 20},{(id is 7 or 399_999 ? -1 : id % 250)}\n");
        }

        return text.ToString();
    }

    private static async Task CaughtUpAsync(FlyballServer server)
    {
        while (true)
        {
            var stream = (await server.GetAsync("/v1/streams"))["streams"]![0]!;
            if ((long)stream["behind"]! == 0 && (long)stream["position"]! > 0)
            {
                return;
            }

            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    private static async Task<List<JsonNode>> ReadAsync(FlyballServer server)
    {
        var (all, after) = (new List<JsonNode>(), 0L);
        while (true)
        {
            var page = await server.GetAsync(string.Create(CultureInfo.InvariantCulture, $"/v1/streams/shop_scores?limit=1000&after={after}"));
            if (page["predictions"]!.AsArray().Count == 0)
            {
                return all;
            }

            all.AddRange(page["predictions"]!.AsArray().Select(p => p!));
            after = (long)page["next"]!;
        }
    }

    private static async Task<JsonObject> DoneAsync(FlyballServer server, string id)
    {
        while (true)
        {
            var job = await server.GetAsync($"/v1/predictions/jobs/{id}");
            if ((string)job["state"]! is "done" or "failed")
            {
                return job;
            }

            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
