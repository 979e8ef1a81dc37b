using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Flyball.EndToEnd.Tests.Programs;

namespace Flyball.EndToEnd.Tests.Serving;

/// <summary>
/// What stands behind the server breaks, one after the other, while clients predict: a disk that stops answering (on a file system of its own, which only
/// root may make), a catalog that somebody holds, a lake that is gone, a webhook's target that never answers. Predictions go on.
/// </summary>
public sealed class BrokenDependencyTests : IDisposable
{
    private const string Deadline = "1000ms";

    /// <summary>What makes, freezes and holds things here.</summary>
    private static readonly string[] Needed = ["dd", "mkfs.ext4", "mount", "umount", "fsfreeze", "sqlite3"];

    private static readonly TimeSpan Broken = TimeSpan.FromSeconds(Environment.GetEnvironmentVariable("FLYBALL_LONG") == "1" ? 20 : 3);

    private readonly ITestOutputHelper output;
    private readonly TemporaryFolder folder = new();
    private readonly DeployedShop shop;
    private readonly string disk;

    public BrokenDependencyTests(DeployedShop shop, ITestOutputHelper output)
    {
        (this.shop, this.output) = (shop, output);
        disk = Directory.CreateDirectory(folder["disk"]).FullName;
        var lacking = Needed.Where(p => !Environment.GetEnvironmentVariable("PATH")!.Split(':').Concat(["/sbin", "/usr/sbin"]).Any(f => File.Exists(Path.Combine(f, p)))).ToList();
        Assert.SkipWhen(lacking.Count > 0, $"Not on this machine: {string.Join(", ", lacking)}. No dependency was broken.");
        Run("dd", "if=/dev/zero", $"of={folder["image"]}", "bs=1M", "count=256");
        Run("mkfs.ext4", "-q", folder["image"]);
        Assert.SkipUnless(Run("mount", "-o", "loop", folder["image"], disk) == 0, "A file system that can be frozen needs root and loop devices.");
    }

    public void Dispose()
    {
        if (File.Exists(folder["image"]))
        {
            Run("fsfreeze", "-u", disk);
            Run("umount", disk);
        }

        folder.Dispose();
    }

    [Fact]
    public async Task Predictions_go_on_whatever_breaks_behind_them()
    {
        var data = Path.Combine(disk, "data");
        Run("cp", "-r", shop.Data, data);
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var server = await FlyballServer.StartAsync(shop.Project, data, "--allow-private-webhooks");
        await ListenAsync(server, ((IPEndPoint)silent.LocalEndpoint).Port);
        var load = new SteadyLoad(server.Http.BaseAddress!, 4, TimeSpan.FromMilliseconds(2), Deadline);
        load.Start();
        await Task.Delay(TimeSpan.FromSeconds(2));

        List<(string What, long From, long To)> faults = [];
        await DuringAsync("a frozen disk", () => Run("fsfreeze", "-f", disk), () => Run("fsfreeze", "-u", disk));
        Process? holder = null;
        await DuringAsync(
            "a catalog that somebody holds",
            () => holder = Process.Start(new ProcessStartInfo("sqlite3", [Path.Combine(data, "catalog.db"), "PRAGMA busy_timeout=5000;", "BEGIN EXCLUSIVE;", $".shell sleep {Broken.TotalSeconds}", "ROLLBACK;"])),
            () => holder!.WaitForExit());
        await DuringAsync("no lake", () => Directory.Move(Path.Combine(data, "lake"), Path.Combine(disk, "away")), () => Directory.Move(Path.Combine(disk, "away"), Path.Combine(data, "lake")));
        await DuringAsync(
            "a webhook's target that never answers",
            () => _ = Enumerable.Range(0, 20).Select(i => Ignore(TagAsync(server, i))).ToList(),
            () => { });
        var seen = await load.StopAsync();

        foreach (var (what, from, to) in faults)
        {
            var during = seen.Where(a => a.Ended >= from && a.Begun <= to).ToList();
            var bad = during.Where(a => a is not { Status: 200, Rung: "full", Milliseconds: <= 1000 }).ToList();
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {during.Count - bad.Count} of {during.Count} answered in time, the slowest after {during.Max(a => a.Milliseconds):F1} ms"));
            Assert.True(during.Count > 200, $"{what}: only {during.Count} requests");
            Assert.True(bad.Count <= during.Count / 10_000, $"{what}: {bad.Count} of {during.Count} requests failed: {bad.FirstOrDefault()}");
        }

        // Whoever sent events meanwhile waited, and was answered.
        var (status, answer) = await server.PostAsync("/v1/events/payments", Event(99_000_000));
        Assert.True(status == 200, answer.ToJsonString());

        async Task DuringAsync(string what, Action breaks, Action mends)
        {
            var from = Stopwatch.GetTimestamp();
            breaks();
            // Others use the server too, and whatever they wait for must not take the threads of predictions.
            var others = Enumerable.Range(0, 40).Select(i => Ignore(i % 2 == 0
                ? server.PostAsync("/v1/events/payments", Event(80_000_000 + (faults.Count * 1_000) + i))
                : TagAsync(server, i))).ToList();
            await Task.Delay(Broken);
            mends();
            faults.Add((what, from, Stopwatch.GetTimestamp()));
            await Task.WhenAll(others);
            await Task.Delay(TimeSpan.FromMilliseconds(500));
        }
    }

    private static string Event(int id) => string.Create(CultureInfo.InvariantCulture, $$"""{"payment_id":{{id}},"event_time":"{{DateTime.UtcNow:yyyy-MM-ddTHH:mm:ss.ffffffZ}}","customer_id":3,"amount":12.5}""");

    private static async Task ListenAsync(FlyballServer server, int port)
    {
        var (status, answer) = await server.PostAsync("/v1/registry/webhooks", $$"""{"name":"silent","url":"http://127.0.0.1:{{port}}/","events":[{"entity":"model_version_tag","action":"set"}]}""");
        Assert.True(status is 200 or 201, $"{status} {answer.ToJsonString()}");
    }

    /// <summary>Writes the catalog, and gives the webhook something to deliver.</summary>
    private static async Task TagAsync(FlyballServer server, int number)
    {
        using var content = new StringContent($$"""{"value":"{{number}}"}""", Encoding.UTF8, "application/json");
        using var response = await server.Http.PutAsync(new Uri($"/v1/models/shop/versions/1/tags/tried{number}", UriKind.Relative), content);
    }

    private static async Task Ignore(Task answer)
    {
        try
        {
            await answer;
        }
        catch (HttpRequestException)
        {
            // A connection that broke is not what is looked at here.
        }
        catch (TaskCanceledException)
        {
            // Nor one that was given up.
        }
    }

    private static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false })!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
