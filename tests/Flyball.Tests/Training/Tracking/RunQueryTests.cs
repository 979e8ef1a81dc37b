using System.Globalization;
using Flyball.Training.Tracking;
using Flyball.Training.Tracking.Search;

namespace Flyball.Tests.Training.Tracking;

/// <summary>Searches beside an oracle that filters and sorts all runs in memory, with each way of finding them forced in turn.</summary>
public sealed class RunQueryTests : IAsyncLifetime
{
    private const int Runs = 70;

    private readonly TrackingFixture tracking = new();
    private IReadOnlyList<TrackedRun> all = [];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var draw = new Random(11);
        await tracking.Experiments.CreateAsync("one", null, [], null, Stop);
        for (var i = 0; i < Runs; i++)
        {
            // Few distinct times and values, so that ties decide.
            var run = await tracking.Runs.CreateAsync(new NewRun(draw.Next(2), draw.Next(2) == 0 ? "ann" : "Ben", $"run-{draw.Next(10)}", 1_000 + draw.Next(6), []), null, Stop);
            var metrics = new List<MetricPoint>();
            foreach (var key in (string[])["auc", "loss"])
            {
                if (draw.Next(4) > 0)
                {
                    var isNaN = draw.Next(5) == 0;
                    metrics.Add(new MetricPoint { Key = key, Value = isNaN ? 0 : draw.Next(-2, 5) / 2.0, IsNaN = isNaN, AtMs = 1 });
                }
            }

            List<KeyText> given = draw.Next(3) > 0 ? [new KeyText("kind", draw.Next(2) == 0 ? "Tree" : "linear")] : [];
            List<KeyText> tags = draw.Next(3) > 0 ? [new KeyText("team", $"t{draw.Next(3)}")] : [];
            await tracking.Log.WriteAsync(run.RunId, new RunBatch(metrics, given, tags), Stop);
            await tracking.Runs.UpdateAsync(run.RunId, draw.Next(2) == 0 ? "FINISHED" : null, draw.Next(2) == 0 ? 2_000 + draw.Next(5) : null, null, Stop);
            if (draw.Next(6) == 0)
            {
                await tracking.Runs.DeleteAsync(run.RunId, Stop);
            }
        }

        all = tracking.Catalog.Read(db => new RunQuery(db, new RunSearch { Experiments = [0, 1], View = LifecycleView.All, Limit = 1_000 }).Page()).Found;
    }

    public ValueTask DisposeAsync() => tracking.DisposeAsync();

    [Fact]
    public void Every_way_of_finding_runs_gives_what_looking_at_all_of_them_gives()
    {
        Assert.Equal(Runs, all.Count);
        var draw = new Random(3);
        var searches = Environment.GetEnvironmentVariable("FLYBALL_LONG") == "1" ? 3_000 : 100;
        for (var i = 0; i < searches; i++)
        {
            var (filter, holds) = Filter(draw);
            var (order, compare) = Order(draw);
            var view = (LifecycleView)draw.Next(1, 4);
            List<long> experiments = draw.Next(3) == 0 ? [draw.Next(2)] : [0, 1];
            var expected = all.Where(r => experiments.Contains(r.ExperimentId) && (view == LifecycleView.All || (view == LifecycleView.ActiveOnly) == (r.Lifecycle == "active")) && holds(r))
                .Order(Comparer<TrackedRun>.Create(compare)).Select(r => r.RunId).ToList();
            foreach (var few in (int[])[0, 5, 4_000])
            {
                var search = new RunSearch { Experiments = experiments, Filter = filter, OrderBy = order, View = view, Limit = draw.Next(1, 20) };
                var found = Pages(search, few);
                Assert.True(expected.SequenceEqual(found), $"{filter} | {string.Join(", ", order)} | {view} | few {few}, pages of {search.Limit}: {found.Count} found, {expected.Count} expected");
            }
        }
    }

    [Fact]
    public void A_page_token_belongs_to_one_search()
    {
        var page = Page(new RunSearch { Experiments = [0, 1], Limit = 3, OrderBy = ["metrics.auc"] }, 0);

        foreach (var other in (RunSearch[])[
            new() { Experiments = [0, 1], Limit = 3, OrderBy = ["metrics.auc DESC"], PageToken = page.NextPage },
            new() { Experiments = [0], Limit = 3, OrderBy = ["metrics.auc"], PageToken = page.NextPage },
            new() { Experiments = [0, 1], Limit = 3, OrderBy = ["metrics.auc"], PageToken = "eyJxIjoxfQ==" },
            new() { Experiments = [0, 1], Limit = 3, OrderBy = ["metrics.auc"], PageToken = "no token" }])
        {
            Assert.Equal("FLY3303", Assert.Throws<Engine.Problems.FlyballException>(() => Page(other, 0)).Problem.Code);
        }
    }

    private SearchPage<TrackedRun> Page(RunSearch search, int few) => tracking.Catalog.Read(db => new RunQuery(db, search, few).Page());

    private List<string> Pages(RunSearch search, int few)
    {
        var found = new List<string>();
        string? token = null;
        do
        {
            var page = Page(search with { PageToken = token }, few);
            found.AddRange(page.Found.Select(r => r.RunId));
            token = page.NextPage;
        }
        while (token is not null && found.Count <= Runs);

        return found;
    }

    private static (string Filter, Func<TrackedRun, bool> Holds) Filter(Random draw)
    {
        var (texts, tests) = (new List<string>(), new List<Func<TrackedRun, bool>>());
        for (var n = draw.Next(3); n > 0; n--)
        {
            var bound = draw.Next(-2, 5) / 2.0;
            var number = bound.ToString(CultureInfo.InvariantCulture);
            (string Text, Func<TrackedRun, bool> Test) one = draw.Next(9) switch
            {
                0 => ($"metrics.auc > {number}", r => Value(r, "auc") > bound),
                1 => ($"metrics.auc != {number}", r => Value(r, "auc") is { } v && v != bound),
                2 => ($"metrics.loss <= {number}", r => Value(r, "loss") <= bound),
                3 => ("params.kind = 'Tree'", r => Text(r.Params, "kind") == "Tree"),
                4 => ("params.kind LIKE 'T%e'", r => Text(r.Params, "kind") == "Tree"),
                5 => ("params.kind ILIKE 't_EE'", r => Text(r.Params, "kind") == "Tree"),
                6 => ("tags.team != 't1'", r => Text(r.Tags, "team") is { } t && t != "t1"),
                7 => ("status = 'FINISHED'", r => r.Status == "FINISHED"),
                _ => ("end_time >= 2002", r => r.EndMs >= 2_002),
            };
            texts.Add(one.Text);
            tests.Add(one.Test);
        }

        return (string.Join(" AND ", texts), r => tests.All(t => t(r)));
    }

    private static (List<string> Order, Comparison<TrackedRun> Compare) Order(Random draw)
    {
        (string Name, Func<TrackedRun, (int Rank, IComparable Value)> Key)[] known =
        [
            ("metrics.auc", r => Ranked(r, "auc")),
            ("metrics.loss", r => Ranked(r, "loss")),
            ("params.kind", r => Text(r.Params, "kind") is { } t ? (0, t) : (2, "")),
            ("tags.team", r => Text(r.Tags, "team") is { } t ? (0, t) : (2, "")),
            ("status", r => (0, r.Status)),
            ("end_time", r => r.EndMs is { } e ? (0, e) : (2, 0L)),
            ("run_name", r => (0, r.Name)),
            ("start_time", r => (0, r.StartMs)),
            ("user_id", r => (0, r.UserId)),
        ];
        var terms = draw.GetItems(known, draw.Next(3)).DistinctBy(t => t.Name).Select(t => (t.Name, t.Key, Down: draw.Next(2) == 0)).ToList();
        return ([.. terms.Select(t => t.Down ? $"{t.Name} DESC" : t.Name)], (a, b) =>
        {
            foreach (var term in terms)
            {
                var (x, y) = (term.Key(a), term.Key(b));
                var rank = x.Rank.CompareTo(y.Rank);
                var value = x.Value is string text ? string.CompareOrdinal(text, (string)y.Value) : x.Value.CompareTo(y.Value);
                if (rank != 0 || value != 0)
                {
                    return rank != 0 ? rank : term.Down ? -value : value;
                }
            }

            return a.StartMs != b.StartMs ? b.StartMs.CompareTo(a.StartMs) : string.CompareOrdinal(a.RunId, b.RunId);
        });
    }

    private static (int Rank, IComparable Value) Ranked(TrackedRun run, string key) =>
        run.Metrics.FirstOrDefault(m => m.Key == key) is not { } point ? (2, 0.0) : point.IsNaN ? (1, 0.0) : (0, point.Value);

    private static double? Value(TrackedRun run, string key) => run.Metrics.FirstOrDefault(m => m.Key == key) is { IsNaN: false } point ? point.Value : null;

    private static string? Text(IReadOnlyList<KeyText> pairs, string key) => pairs.FirstOrDefault(p => p.Key == key)?.Value;
}
