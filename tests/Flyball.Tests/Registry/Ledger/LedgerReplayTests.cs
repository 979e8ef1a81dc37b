using System.Globalization;
using Flyball.Engine.Time;
using Flyball.Registry;
using Flyball.Registry.Ledger;

namespace Flyball.Tests.Registry.Ledger;

/// <summary>
/// Random operations against a model of aliases, stages and deletions in memory: the registry must agree with it after each, and its
/// answers about the past must equal a naive replay.
/// </summary>
public class LedgerReplayTests
{
    private const string Model = "m";
    private static readonly string[] Aliases = ["a", "b", "c"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task The_past_is_what_a_replay_of_the_operations_says(int seed)
    {
        await using var fixture = new RegistryFixture();
        await fixture.Registry.Names.CreateAsync(new ModelDraft(Model), RegistryFixture.Author, default);
        var random = new Random(seed);
        var (aliases, stages) = (new Dictionary<string, int>(), new SortedDictionary<int, string>());
        List<(EventTime At, Dictionary<string, int> Aliases)> past = [];
        for (var step = 0; step < 60; step++)
        {
            // Some operations share an instant.
            fixture.Time.Advance(TimeSpan.FromSeconds(random.Next(3)));
            await StepAsync(fixture.Registry, random, aliases, stages);
            past.Add((fixture.Time.Now, new Dictionary<string, int>(aliases)));
            Assert.Equal(aliases.OrderBy(a => a.Key, StringComparer.Ordinal), fixture.Registry.Names.Find(Model)!.Aliases.OrderBy(a => a.Key, StringComparer.Ordinal));
            Assert.Equal(stages, fixture.Registry.Versions(Model).Select(v => KeyValuePair.Create(v.Version, v.Stage)));
        }

        foreach (var (at, _) in past)
        {
            var held = past.Last(p => p.At <= at).Aliases;
            Assert.All(Aliases, alias => Assert.Equal(held.TryGetValue(alias, out var v) ? v : null, fixture.Registry.Ledger.AsOf(Model, alias, at).Version));
        }

        Assert.Equal(Replay(fixture.Registry.Ledger.Read(Model, 0, 1000)).OrderBy(a => a.Key, StringComparer.Ordinal), aliases.OrderBy(a => a.Key, StringComparer.Ordinal));
        Assert.True(fixture.Registry.Ledger.Verify().Ok);
    }

    private static async Task StepAsync(ModelRegistry registry, Random random, Dictionary<string, int> aliases, SortedDictionary<int, string> stages)
    {
        var alias = Aliases[random.Next(Aliases.Length)];
        var version = random.Next(1, 8);
        switch (random.Next(5))
        {
            case 0:
                var made = await registry.Outside.CreateAsync(new VersionDraft(Model, "s", []), RegistryFixture.Author, default);
                stages.Add(made.Value!.Version.Version, VersionStages.None);
                break;
            case 1:
                var expected = random.Next(2) == 0 ? (AliasExpectation?)null : new AliasExpectation(random.Next(2) == 0 ? null : random.Next(1, 8));
                var set = await registry.Aliases.SetAsync(Model, alias, version, expected, RegistryFixture.Author, null, default);
                var holds = expected is not { } wanted || wanted.Version == (aliases.TryGetValue(alias, out var now) ? now : null);
                Assert.Equal(holds && stages.ContainsKey(version), set.Ok);
                if (set.Ok)
                {
                    aliases[alias] = version;
                }

                break;
            case 2:
                Assert.True((await registry.Aliases.DeleteAsync(Model, alias, null, RegistryFixture.Author, null, default)).Ok);
                aliases.Remove(alias);
                break;
            case 3:
                var stage = VersionStages.All[random.Next(4)];
                var archive = stage is VersionStages.Staging or VersionStages.Production && random.Next(2) == 0;
                if ((await registry.Labels.TransitionAsync(Model, version, stage, archive, RegistryFixture.Author, null, default)).Ok)
                {
                    foreach (var other in archive ? stages.Where(s => s.Value == stage).Select(s => s.Key).ToList() : [])
                    {
                        stages[other] = VersionStages.Archived;
                    }

                    stages[version] = stage;
                }

                break;
            default:
                if (random.Next(3) == 0)
                {
                    Assert.Equal(stages.Remove(version), (await registry.Life.DeleteAsync(Model, version, RegistryFixture.Author, null, default)).Ok);
                    foreach (var gone in aliases.Where(a => a.Value == version).Select(a => a.Key).ToList())
                    {
                        aliases.Remove(gone);
                    }
                }

                break;
        }
    }

    private static Dictionary<string, int> Replay(IEnumerable<LedgerEntry> entries)
    {
        Dictionary<string, int> held = [];
        foreach (var entry in entries.Where(e => e.Kind == LedgerKinds.Alias))
        {
            if (entry.New is { } version)
            {
                held[entry.Name!] = int.Parse(version, CultureInfo.InvariantCulture);
            }
            else
            {
                held.Remove(entry.Name!);
            }
        }

        return held;
    }
}
