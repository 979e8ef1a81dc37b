using System.Diagnostics;
using Dapper;
using Flyball.Registry;

namespace Flyball.Tests.Registry;

public class RegistryScaleTests
{
    /// <summary>Measures with a hundred thousand versions; a model is found at the price of one with a single version.</summary>
    [Fact]
    public async Task A_hundred_thousand_versions_are_searched_and_their_model_is_found_at_once()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("FLYBALL_LONG") == "1", "A hundred thousand versions are made with FLYBALL_LONG=1 only.");
        await using var fixture = new RegistryFixture();
        await fixture.OutsideAsync("m");
        await fixture.OutsideAsync("single");
        await fixture.Catalog.WriteAsync(
            (c, t) => c.Execute(
                """
                INSERT INTO versions (model, version, form, digest, blob, manifest, run_id, author, registered_by, risk, state, stage, created_at, created_micros, updated_micros, gates)
                WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
                SELECT 'm', i, form, digest, blob, manifest, 'r' || (i % 5000), author, registered_by, risk, state, CASE i % 4 WHEN 0 THEN 'Staging' ELSE stage END, created_at,
                    created_micros + i, updated_micros + (i * 7919 % 100003), gates
                FROM n, versions v WHERE v.model = 'm' AND v.version = 1;
                INSERT INTO version_tags (model, version, key, value) SELECT 'm', version, 'team', 't' || (version % 1000) FROM versions WHERE model = 'm';
                """,
                transaction: t),
            default);
        var search = fixture.Registry.Search;
        var none = new Dictionary<string, object?>();
        const string order = "v.updated_micros DESC, v.model, v.version DESC";
        var found = new Dictionary<string, double>
        {
            ["model of one version"] = Measure(() => fixture.Registry.Names.Find("single")),
            ["model of 100,000"] = Measure(() => fixture.Registry.Names.Find("m")),
            ["latest by stage"] = Measure(() => fixture.Registry.Labels.Latest("m")),
            ["page of all"] = Measure(() => search.Versions("1 = 1", order, none, 100)),
            ["by run"] = Measure(() => search.Versions("v.run_id = @run", order, new Dictionary<string, object?> { ["run"] = "r17" }, 100)),
            ["by tag"] = Measure(() => search.Versions(
                "(v.model, v.version) IN (SELECT model, version FROM version_tags WHERE key = 'team' AND value = @team)", order, new Dictionary<string, object?> { ["team"] = "t7" }, 100)),
        };
        foreach (var (what, milliseconds) in found)
        {
            TestContext.Current.TestOutputHelper?.WriteLine(FormattableString.Invariant($"{what}: p99 {milliseconds:0.00} ms"));
        }

        Assert.All(found, f => Assert.InRange(f.Value, 0, 50));
    }

    private static double Measure(Func<object?> what)
    {
        what();
        var times = new List<double>();
        for (var i = 0; i < 100; i++)
        {
            var start = Stopwatch.GetTimestamp();
            what();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return times.Order().ElementAt(98);
    }
}
