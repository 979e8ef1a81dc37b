using System.Text.Json.Nodes;
using Flyball.EndToEnd.Tests.Programs;

namespace Flyball.EndToEnd.Tests.Demo;

/// <summary>The whole story, as a newcomer starts it.</summary>
public sealed class DemoTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task The_story_on_simulated_data_ends_well() => await PlayAsync();

    [Fact]
    public async Task The_story_on_the_recorded_data_ends_well()
    {
        var data = Repository.Shared("data", "fraud");
        Assert.SkipWhen(data is null, "There is no folder data/fraud in ../shared or in FLYBALL_SHARED: the demo was not played on recorded data.");
        Assert.SkipUnless(Environment.GetEnvironmentVariable("FLYBALL_LONG") == "1", "The demo on recorded data is played with FLYBALL_LONG=1 only.");
        await PlayAsync("--data", data!);
    }

    private static async Task PlayAsync(params string[] more)
    {
        using var folder = new TemporaryFolder();
        var run = (await FlyballProgram.RunAsync(Patience, ["demo", "--once", "--json", "--data-dir", folder["data"], .. more])).WithoutStackTrace();

        Assert.True(run.ExitCode == 0, run.Output + run.Errors);
        var found = run.Document;
        Assert.True(found["ok"]!.GetValue<bool>());
        Assert.All(found["steps"]!.AsArray(), s => Assert.True(s!["ok"]!.GetValue<bool>(), s.ToJsonString()));
        Assert.Equal(
            ["ingest", "train", "approve", "serve", "drift", "retrain", "canary", "refuse", "rollback", "reproduce predictions", "reproduce run", "audit"],
            found["steps"]!.AsArray().Select(s => s!["name"]!.GetValue<string>()));
        foreach (var (part, members) in (IEnumerable<(string, string[])>)
            [
                ("model", ["name", "version", "digest", "average_precision"]),
                ("predictions", []),
                ("drift", ["injected_at", "detected_at", "feature"]),
                ("retrain", []),
                ("refused", []),
                ("rollback", []),
                ("audit", []),
            ])
        {
            var section = Assert.IsType<JsonObject>(found[part]);
            Assert.NotEmpty(section);
            Assert.All(members, m => Assert.NotNull(section[m]));
            Assert.All(section, m => Assert.True(m.Value is not null, $"{part}.{m.Key} is null"));
        }

        Assert.Contains("amount", found["drift"]!["feature"]!.GetValue<string>(), StringComparison.Ordinal);
    }
}
