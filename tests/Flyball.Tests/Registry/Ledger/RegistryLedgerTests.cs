using Dapper;
using Flyball.Registry;
using Flyball.Registry.Ledger;
using Flyball.Storage.Catalogs;

namespace Flyball.Tests.Registry.Ledger;

public class RegistryLedgerTests
{
    [Fact]
    public async Task Every_change_has_one_entry_with_who_why_and_from_what_to_what()
    {
        await using var fixture = new RegistryFixture();
        var registry = fixture.Registry;
        await registry.Names.CreateAsync(new ModelDraft("m") { Description = "d" }, RegistryFixture.Author, default);
        await registry.Outside.CreateAsync(new VersionDraft("m", "s", []), RegistryFixture.Author, default);
        await registry.Labels.SetTagAsync("m", 1, "k", "v", RegistryFixture.Approver, "because", default);
        await registry.Labels.SetTagAsync("m", 1, "k", "v", RegistryFixture.Approver, "no change", default);
        await registry.Labels.SetTagAsync("m", 1, "k", new string('x', 1000), RegistryFixture.Approver, null, default);
        await registry.Labels.DescribeAsync("m", 1, "text", RegistryFixture.Author, null, default);
        await registry.Labels.TransitionAsync("m", 1, "Staging", false, RegistryFixture.Author, null, default);
        await registry.Aliases.SetAsync("m", "a", 1, null, RegistryFixture.Author, null, default);
        await registry.Aliases.DeleteAsync("m", "a", null, RegistryFixture.Author, null, default);
        await registry.Life.DeleteAsync("m", 1, RegistryFixture.Author, "bad", default);
        var entries = registry.Ledger.Read("m", 0, 100);
        Assert.Equal(
            [
                LedgerKinds.ModelCreated, LedgerKinds.Created, LedgerKinds.Tag, LedgerKinds.Tag, LedgerKinds.Description, LedgerKinds.Stage, LedgerKinds.Alias, LedgerKinds.Alias, LedgerKinds.Deleted,
            ],
            entries.Select(e => e.Kind));
        Assert.Equal((null, "v", "bob", "because", 1), (entries[2].Old, entries[2].New, entries[2].Actor, entries[2].Reason, entries[2].Version));
        Assert.StartsWith("sha256:", entries[3].New, StringComparison.Ordinal);
        Assert.Equal(("1", null), (entries[7].Old, entries[7].New));
        Assert.True(registry.Ledger.Verify().Ok);
    }

    [Theory]
    [InlineData("UPDATE registry_ledger SET new_value = '2' WHERE seq = 3")]
    [InlineData("UPDATE registry_ledger SET actor = 'eve' WHERE seq = 3")]
    [InlineData("UPDATE registry_ledger SET at_micros = at_micros - 1 WHERE seq = 3")]
    [InlineData("UPDATE registry_ledger SET hash = '' WHERE seq = 3")]
    [InlineData("DELETE FROM registry_ledger WHERE seq = 3")]
    public async Task An_entry_that_was_changed_or_taken_out_is_found(string harm)
    {
        await using var fixture = new RegistryFixture();
        await fixture.OutsideAsync("m");
        await fixture.Registry.Aliases.SetAsync("m", "a", 1, null, RegistryFixture.Author, null, default);
        await fixture.OutsideAsync("m");
        Assert.True(fixture.Registry.Ledger.Verify().Ok);
        await fixture.Catalog.WriteAsync((c, t) => c.Execute(harm, transaction: t), default);
        Assert.Equal(3, fixture.Registry.Ledger.Verify().BrokenAt);
    }

    [Fact]
    public async Task A_catalog_of_before_the_ledger_keeps_its_versions_approvals_and_moves()
    {
        var folder = Directory.CreateTempSubdirectory("flyball-registry-").FullName;
        var digest = new string('a', 64);
        await using (var old = Catalog.Open(Path.Combine(folder, "catalog.db"), [.. RegistryTables.Migrations.Take(2), .. Flyball.Rollout.RolloutTables.Migrations]))
        {
            await old.WriteAsync(
                (c, t) => c.Execute(
                    $"""
                    INSERT INTO versions VALUES ('fraud', 1, '{digest}', '{digest}', 'run', 'ann', 'ann', 'low', 'approved', '2026-02-01T00:00:00.25Z', '[]');
                    INSERT INTO versions VALUES ('fraud', 2, '{new string('b', 64)}', '{digest}', 'run', 'ann', 'ann', 'low', 'refused', '2026-02-02T00:00:00Z', '[]');
                    INSERT INTO approvals VALUES ('fraud', 1, 1, '{digest}', 'approved', 0, 'bob', 'loopback', NULL, '2026-02-01T00:00:01Z');
                    INSERT INTO aliases VALUES ('fraud', 'champion', 1);
                    INSERT INTO alias_history VALUES ('fraud', 1, 'champion', NULL, 1, 'bob', 'first', '2026-02-01T00:00:02.5Z');
                    """,
                    transaction: t),
                default);
        }

        await using var fixture = new RegistryFixture(folder);
        Assert.Equal((VersionStages.Production, "APPROVED"), (fixture.Registry.Champion("fraud")!.Stage, fixture.Registry.Labels.Find("fraud", 1)!.Tags["flyball.approval"]));
        Assert.Equal(1_769_904_000_250_000, fixture.Registry.Version("fraud", 1)!.CreatedMicros);
        Assert.Equal("bob", Assert.Single(fixture.Registry.Approvals("fraud", 1)).Actor);
        var move = Assert.Single(fixture.Registry.History("fraud"));
        Assert.Equal((null, 1, "first", "2026-02-01T00:00:02.5Z"), (move.FromVersion, move.ToVersion, move.Reason, move.MovedAt));
        Assert.True(fixture.Registry.Ledger.Verify().Ok);

        // The next change seals the moves of before.
        await fixture.Registry.Labels.SetTagAsync("fraud", 1, "k", "v", RegistryFixture.Author, null, default);
        Assert.All(fixture.Registry.Ledger.Read(null, 0, 10), e => Assert.Equal(64, e.Hash.Length));
        Assert.True(fixture.Registry.Ledger.Verify().Ok);
    }

    [Fact]
    public async Task A_change_that_breaks_off_leaves_no_entry_and_no_event()
    {
        await using var fixture = new RegistryFixture();
        await fixture.OutsideAsync("m");
        var (entries, events) = (fixture.Registry.Ledger.Read(null, 0, 100).Count, fixture.Registry.Events.Read(0, 100).Count);
        await fixture.Catalog.WriteAsync((c, t) => c.Execute("CREATE TRIGGER broken BEFORE INSERT ON registry_events BEGIN SELECT RAISE(ABORT, 'broken'); END", transaction: t), default);
        await Assert.ThrowsAnyAsync<Exception>(() => fixture.Registry.Aliases.SetAsync("m", "a", 1, null, RegistryFixture.Author, null, default));
        Assert.Null(fixture.Registry.Aliases.Find("m", "a"));
        Assert.Equal((entries, events), (fixture.Registry.Ledger.Read(null, 0, 100).Count, fixture.Registry.Events.Read(0, 100).Count));
    }
}
