using System.Diagnostics;
using System.Globalization;
using Flyball.EndToEnd.Tests.Programs;

namespace Flyball.EndToEnd.Tests.Serving;

public sealed class HotSwapTests(DeployedShop shop, ITestOutputHelper output)
{
    /// <summary>FLYBALL_LONG=1 makes them ten times as many.</summary>
    private static int Swaps => Environment.GetEnvironmentVariable("FLYBALL_LONG") == "1" ? 1_000 : 100;

    [Fact]
    public async Task No_request_fails_while_versions_are_swapped_and_every_answer_names_one_that_was_live()
    {
        using var folder = new TemporaryFolder();
        var model = Path.Combine(folder.Copy(shop.Project, "project"), "models", "shop.yaml");
        await File.WriteAllTextAsync(model, (await File.ReadAllTextAsync(model)).Replace("rounds: 20", "rounds: 24", StringComparison.Ordinal));
        await using var server = await FlyballServer.StartAsync(folder["project"], folder.Copy(shop.Data, "data"));
        await ExpectAsync(server, "/v1/models/shop/train", "{}");
        await ExpectAsync(server, "/v1/models/shop/versions/2/approve", """{"reason":"the gates hold"}""");
        var load = new SteadyLoad(server.Http.BaseAddress!, 4, TimeSpan.FromMilliseconds(1));
        load.Start();
        await Task.Delay(TimeSpan.FromSeconds(2));

        List<Swap> swaps = [new(0, 0, 1)];
        for (var i = 0; i < Swaps; i++)
        {
            var begun = Stopwatch.GetTimestamp();
            if (i % 2 == 0)
            {
                await ExpectAsync(server, "/v1/models/shop/versions/2/promote", """{"reason":"to and fro"}""");
            }
            else
            {
                await ExpectAsync(server, "/v1/models/shop/rollback", """{"reason":"to and fro"}""");
            }

            swaps.Add(new Swap(begun, Stopwatch.GetTimestamp(), i % 2 == 0 ? 2 : 1));
        }

        var last = Stopwatch.GetTimestamp();
        await Task.Delay(TimeSpan.FromSeconds(1));
        var seen = await load.StopAsync();

        Report(seen, swaps, last);
        Assert.All(seen, a => Assert.Equal((200, "full"), (a.Status, a.Rung)));
        var digests = seen.GroupBy(a => a.Version).Select(g => (g.Key, g.Select(a => a.Digest).Distinct().Count())).Order();
        Assert.Equal([(1, 1), (2, 1)], digests);
        Assert.All(seen, a => Assert.True(WasLive(a, swaps), $"version {a.Version} answered at a moment when it was not live"));
    }

    /// <summary>Whether a version took traffic at some moment between a request and its answer: from when its swap was asked for until the next one was answered.</summary>
    private static bool WasLive(SeenAnswer answer, List<Swap> swaps)
    {
        for (var i = 0; i < swaps.Count; i++)
        {
            var until = i + 1 < swaps.Count ? swaps[i + 1].Ended : long.MaxValue;
            if (swaps[i].Version == answer.Version && swaps[i].Begun <= answer.Ended && until >= answer.Begun)
            {
                return true;
            }
        }

        return false;
    }

    private void Report(IReadOnlyList<SeenAnswer> seen, List<Swap> swaps, long last)
    {
        var during = seen.Where(a => a.Ended >= swaps[1].Begun && a.Begun <= last).Select(a => a.Milliseconds).Order().ToList();
        var quiet = seen.Where(a => a.Ended < swaps[1].Begun).Skip(200).Select(a => a.Milliseconds).Order().ToList();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{swaps.Count - 1} swaps in {Stopwatch.GetElapsedTime(swaps[1].Begun, last).TotalSeconds:F1} s; {seen.Count} answers; p99 {quiet[quiet.Count * 99 / 100]:F2} ms before, {during[during.Count * 99 / 100]:F2} ms during"));
    }

    private static async Task ExpectAsync(FlyballServer server, string path, string body)
    {
        var (status, answer) = await server.PostAsync(path, body);
        Assert.True(status == 200, $"{path}: {status} {answer.ToJsonString()}");
    }

    /// <summary>A change of the champion, from its request to its answer.</summary>
    private sealed record Swap(long Begun, long Ended, int Version);
}
