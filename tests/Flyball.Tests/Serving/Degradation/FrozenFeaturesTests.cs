using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Flyball.Engine.Expressions;
using Flyball.Features;
using Flyball.Server.Hosting;
using Flyball.Serving;
using Flyball.Tests.Protocols.OpenInference;
using Flyball.Tests.Workspaces;
using Flyball.Training;
using Microsoft.Extensions.DependencyInjection;

namespace Flyball.Tests.Serving.Degradation;

/// <summary>
/// The state of features is held by somebody who does not let go, while clients predict over HTTP: the lock that a request needs to read an entity, and that an event needs
/// to be folded in, is taken for every entity.
/// </summary>
public sealed class FrozenFeaturesTests
{
    private const int Clients = 32;
    private const int Customers = 20;

    /// <summary>Of each request. A processor that others use too takes some of it.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("last-known-features", "[ last-known-features ]\n  features: { max_stale: 1h }", true)]
    [InlineData("default-features", "[ default-features ]\n  features: { defaults: { customer_activity.count_7d: 3 } }", false)]
    [InlineData("rule", "[ { rule: \"if(amount > 200, 0.6, 0.05)\" } ]", false)]
    public async Task Nearly_every_prediction_is_answered_in_time_on_the_declared_rung(string rung, string fallback, bool always)
    {
        Assert.SkipUnless(always || Environment.GetEnvironmentVariable("FLYBALL_LONG") == "1", "One of three of its kind: FLYBALL_LONG=1 runs it.");
        using var project = new FraudProject()
            .Replace("models/fraud.yaml", "[ \"transaction.*\", \"customer_activity.*\", \"terminal_risk.*\" ]", "[ transaction.amount, transaction.is_night, customer_activity.count_7d ]")
            .Replace("models/fraud.yaml", "timeout: 50ms", string.Create(CultureInfo.InvariantCulture, $"timeout: {Deadline.TotalMilliseconds}ms"))
            .Replace("models/fraud.yaml", "[ previous-version, { rule: \"if(amount > 200, 0.6, 0.05)\" } ]", fallback);
        await using var host = await InferenceServer.StartAsync(project, null);
        using var scorer = Deploy(host).Scorer;
        using var client = new HttpClient { BaseAddress = host.Address };
        await FeedAsync(client, 1_000_000, Enumerable.Range(0, Customers));

        using var over = new CancellationTokenSource();
        var asking = Enumerable.Range(0, Clients).Select(c => AskAsync(client, c, over.Token)).ToList();
        await Task.Delay(TimeSpan.FromMilliseconds(800), Stop);
        Task feeding;
        long from;
        long until;
        using (new HeldGates(host))
        {
            from = Stopwatch.GetTimestamp();

            // An event waits for the same lock, and whoever sent it with it.
            feeding = FeedAsync(client, 2_000_000, [1]);
            await Task.Delay(TimeSpan.FromMilliseconds(1500), Stop);
            until = Stopwatch.GetTimestamp();
        }

        await Task.Delay(TimeSpan.FromMilliseconds(100), Stop);
        await over.CancelAsync();
        var seen = (await Task.WhenAll(asking)).SelectMany(s => s).ToList();
        await feeding;

        var before = seen.Where(s => s.Ended < from).ToList();
        var during = seen.Where(s => s.Begun >= from && s.Ended <= until).ToList();
        var missed = during.Where(s => s.Rung != rung || s.Took > Deadline).ToList();
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{before.Count} before; {during.Count} while frozen, {missed.Count} missed ({string.Join(", ", missed.GroupBy(m => m.Rung).Select(g => $"{g.Count()} {g.Key}"))}), slowest {during.Max(s => s.Took).TotalMilliseconds:F0} ms"));
        Assert.All(before, s => Assert.Equal("full", s.Rung));
        Assert.True(missed.Count <= during.Count / 10_000, $"{missed.Count} of {during.Count} missed, as {missed.FirstOrDefault()}");

        // A quarter of what was answered before in the same time: whoever waits for the lock must not be all that is answered.
        Assert.True(during.Count > before.Count * 1500 / 800 / 4, $"{during.Count} while frozen, {before.Count} before");
    }

    private static ServedVersion Deploy(FlyballHost host)
    {
        var project = host.Services.GetRequiredService<ActiveProject>().Current;
        var version = VersionLoader.Load(LinearBundle.Of(project.Models["fraud"], 1, 0.001f), 1, project);
        host.Services.GetRequiredService<TrafficPlans>().Swap(new TrafficPlan("fraud", version));
        return version;
    }

    private static async Task FeedAsync(HttpClient client, int firstId, IEnumerable<int> customers)
    {
        foreach (var customer in customers)
        {
            using var response = await client.PostAsJsonAsync("/v1/events/transactions", Payment(firstId + customer, customer), Stop);
            Assert.Equal(200, (int)response.StatusCode);
        }
    }

    private static JsonObject Payment(int id, int customer) => new()
    {
        ["transaction_id"] = id,
        ["event_time"] = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture),
        ["customer_id"] = customer,
        ["terminal_id"] = 1,
        ["amount"] = 100.0,
    };

    private static async Task<List<Seen>> AskAsync(HttpClient client, int number, CancellationToken until)
    {
        List<Seen> seen = [];
        for (var n = 0; !until.IsCancellationRequested; n++)
        {
            using var content = new StringContent(Payment((number * 100_000) + n, (number + n) % Customers).ToJsonString(), Encoding.UTF8, "application/json");
            var begun = Stopwatch.GetTimestamp();
            using var response = await client.PostAsync(new Uri("/v1/models/fraud/predict", UriKind.Relative), content, Stop);
            var answer = await response.Content.ReadFromJsonAsync<JsonObject>(Stop);
            seen.Add(new Seen(begun, Stopwatch.GetTimestamp(), (string?)answer!["rung"] ?? (string?)answer["code"] ?? "?"));
            await Task.Delay(Pause, Stop);
        }

        return seen;
    }

    private sealed record Seen(long Begun, long Ended, string Rung)
    {
        public TimeSpan Took => Stopwatch.GetElapsedTime(Begun, Ended);
    }

    /// <summary>Holds the locks of all customers, on a thread of its own, until it is disposed.</summary>
    private sealed class HeldGates : IDisposable
    {
        private readonly ManualResetEventSlim held = new();
        private readonly ManualResetEventSlim release = new();
        private readonly Thread holder;

        public HeldGates(FlyballHost host)
        {
            var online = host.Services.GetRequiredService<OnlineFeatures>();
            var view = online.Plans.EntityViews.Single(v => v.Name == "customer_activity");
            List<object> gates = [.. Enumerable.Range(0, Customers).Select(c => online.GateOf(view, Value.FromInteger(c))!)];
            Assert.DoesNotContain(null, gates);
            holder = new Thread(() =>
            {
                gates.ForEach(Monitor.Enter);
                held.Set();
                release.Wait();
                gates.ForEach(Monitor.Exit);
            });
            holder.Start();
            Assert.True(held.Wait(TimeSpan.FromSeconds(30)));
        }

        public void Dispose()
        {
            release.Set();
            holder.Join();
            held.Dispose();
            release.Dispose();
        }
    }
}
