using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Flyball.EndToEnd.Tests.Programs;

namespace Flyball.EndToEnd.Tests.Serving;

/// <summary>A server that is told to stop while clients predict.</summary>
public sealed class DrainTests(DeployedShop shop)
{
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(2);

    private readonly ConcurrentBag<string> answered = [];
    private readonly ConcurrentBag<(TimeSpan At, string What)> failed = [];

    [Fact]
    public async Task A_server_that_is_told_to_stop_says_so_answers_on_and_loses_nothing()
    {
        using var folder = new TemporaryFolder();
        var data = folder.Copy(shop.Data, "data");
        await using var server = await FlyballServer.StartAsync(shop.Project, data, "--drain", "2s");
        using var over = new CancellationTokenSource();
        var begun = Stopwatch.GetTimestamp();
        var clients = Enumerable.Range(0, 4).Select(c => Task.Factory.StartNew(() => PredictAsync(server.Http.BaseAddress!, c, begun, over.Token), TaskCreationOptions.LongRunning).Unwrap()).ToList();
        await WaitAsync(() => answered.Count > 50);

        var told = Stopwatch.GetElapsedTime(begun);
        using (var kill = Process.Start("kill", ["-TERM", server.ProcessId.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        HttpStatusCode? ready = null;
        string? says = null;
        await WaitAsync(async () =>
        {
            using var health = await server.Http.GetAsync(new Uri("/health/ready", UriKind.Relative));
            (ready, says) = (health.StatusCode, (string?)JsonNode.Parse(await health.Content.ReadAsStringAsync())!["status"]);
            return ready != HttpStatusCode.OK;
        });
        var noticed = Stopwatch.GetElapsedTime(begun);
        var before = answered.Count;
        Assert.True(await server.EndsWithinAsync(TimeSpan.FromSeconds(30)), server.Errors);
        await over.CancelAsync();
        await Task.WhenAll(clients);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "draining"), (ready, says));
        Assert.True(noticed - told < Drain, $"{noticed - told}");
        Assert.True(answered.Count > before, "nothing was answered while it drained");
        Assert.Equal(0, server.ExitCode);
        Assert.DoesNotContain(failed, f => f.At < told + Drain);

        // Whoever was answered is in the log.
        await using var again = await FlyballServer.StartAsync(shop.Project, data);
        var logged = await LoggedAsync(again);
        Assert.Empty(answered.Except(logged));
    }

    private static async Task<HashSet<string>> LoggedAsync(FlyballServer server)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        var after = "";
        do
        {
            var page = await server.GetAsync($"/v1/models/shop/predictions?limit=1000{after}");
            ids.UnionWith(page["predictions"]!.AsArray().Select(p => (string)p!["request_id"]!));
            after = page["next"] is { } next ? $"&after={next}" : "";
        }
        while (after.Length > 0);
        return ids;
    }

    private static async Task WaitAsync(Func<bool> isTrue) => await WaitAsync(() => Task.FromResult(isTrue()));

    private static async Task WaitAsync(Func<Task<bool>> isTrue)
    {
        var from = Stopwatch.GetTimestamp();
        while (!await isTrue())
        {
            Assert.True(Stopwatch.GetElapsedTime(from) < TimeSpan.FromSeconds(60), "it did not come about");
            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }
    }

    private async Task PredictAsync(Uri address, int client, long begun, CancellationToken over)
    {
        using var http = new HttpClient { BaseAddress = address };
        for (var n = 0; !over.IsCancellationRequested; n++)
        {
            var body = string.Create(CultureInfo.InvariantCulture, $$"""{"payment_id":{{90_000_000 + (client * 1_000_000) + n}},"event_time":"{{DateTime.UtcNow:yyyy-MM-ddTHH:mm:ss.ffffffZ}}","customer_id":{{n % 20}},"amount":{{n % 250}}.5}""");
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            try
            {
                using var response = await http.PostAsync(new Uri("/v1/models/shop/predict", UriKind.Relative), content, CancellationToken.None);
                var document = JsonNode.Parse(await response.Content.ReadAsStringAsync(CancellationToken.None))!;
                if (response.StatusCode == HttpStatusCode.OK)
                {
                    answered.Add((string)document["request_id"]!);
                }
                else
                {
                    failed.Add((Stopwatch.GetElapsedTime(begun), document.ToJsonString()));
                }
            }
            catch (HttpRequestException e)
            {
                failed.Add((Stopwatch.GetElapsedTime(begun), e.Message));
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), CancellationToken.None);
        }
    }
}
