using Dapper;
using Flyball.Registry;
using Flyball.Registry.Ledger;
using Flyball.Storage.Catalogs;

namespace Flyball.Tests.Registry.Ledger;

/// <summary>Whoever can write the catalog cannot rewrite the ledger unseen: the audit log knows how far it went and where it ended.</summary>
public class LedgerProofTests
{
    [Fact]
    public async Task A_ledger_without_hashes_with_another_actor_and_without_its_end_is_found_and_not_sealed_again()
    {
        await using var fixture = new RegistryFixture();
        await FourAsync(fixture);
        await fixture.Catalog.WriteAsync(
            (c, t) => c.Execute("UPDATE registry_ledger SET hash = ''; UPDATE registry_ledger SET actor = 'eve' WHERE seq = 2; DELETE FROM registry_ledger WHERE seq = 4", transaction: t), default);
        Assert.Equal(1, fixture.Registry.Ledger.Verify().BrokenAt);

        // The next change does not heal what it finds.
        await fixture.Registry.Aliases.SetAsync("m", "b", 1, null, RegistryFixture.Author, null, default);
        Assert.Equal(1, fixture.Registry.Ledger.Verify().BrokenAt);
    }

    [Fact]
    public async Task A_missing_end_is_found_where_it_should_be()
    {
        await using var fixture = new RegistryFixture();
        await FourAsync(fixture);
        await fixture.Catalog.WriteAsync((c, t) => c.Execute("DELETE FROM registry_ledger WHERE seq = 4", transaction: t), default);
        var verdict = fixture.Registry.Ledger.Verify();
        Assert.Equal((4, 4), (verdict.BrokenAt, verdict.Noted!.Entries));
    }

    [Fact]
    public async Task A_ledger_that_was_written_again_with_good_hashes_is_found()
    {
        await using var fixture = new RegistryFixture();
        await FourAsync(fixture);
        await fixture.Catalog.WriteAsync(
            (c, t) =>
            {
                c.Execute("UPDATE registry_ledger SET actor = 'eve' WHERE seq = 2", transaction: t);
                var before = "";
                foreach (var row in c.Query<LedgerRow>($"SELECT {LedgerRow.Columns} FROM registry_ledger ORDER BY seq", transaction: t).AsList())
                {
                    before = row.HashAfter(before);
                    c.Execute("UPDATE registry_ledger SET hash = @before WHERE seq = @Seq", new { before, row.Seq }, t);
                }

                return 0;
            },
            default);
        Assert.False(fixture.Registry.Ledger.Verify().Ok);
    }

    [Fact]
    public async Task Entries_of_before_the_hashes_are_sealed_once()
    {
        var folder = Directory.CreateTempSubdirectory("flyball-registry-").FullName;
        var digest = new string('a', 64);
        await using (var old = Catalog.Open(Path.Combine(folder, "catalog.db"), [.. RegistryTables.Migrations.Take(2), .. Flyball.Rollout.RolloutTables.Migrations]))
        {
            await old.WriteAsync(
                (c, t) => c.Execute(
                    $"""
                    INSERT INTO versions VALUES ('fraud', 1, '{digest}', '{digest}', 'run', 'ann', 'ann', 'low', 'approved', '2026-02-01T00:00:00Z', '[]');
                    INSERT INTO alias_history VALUES ('fraud', 1, 'champion', NULL, 1, 'bob', 'first', '2026-02-01T00:00:02Z');
                    """,
                    transaction: t),
                default);
        }

        await using var fixture = new RegistryFixture(folder);
        Assert.True(fixture.Registry.Ledger.Verify().Ok);
        await fixture.Registry.Labels.SetTagAsync("fraud", 1, "k", "v", RegistryFixture.Author, null, default);
        Assert.True(fixture.Registry.Ledger.Verify().Ok);
        await fixture.Catalog.WriteAsync((c, t) => c.Execute("UPDATE registry_ledger SET hash = '', actor = 'eve' WHERE seq = 1", transaction: t), default);
        Assert.Equal(1, fixture.Registry.Ledger.Verify().BrokenAt);
    }

    private static async Task FourAsync(RegistryFixture fixture)
    {
        await fixture.OutsideAsync("m");
        await fixture.Registry.Aliases.SetAsync("m", "a", 1, null, RegistryFixture.Author, null, default);
        await fixture.OutsideAsync("m");
        Assert.Equal(4, fixture.Registry.Ledger.Verify().Entries);
        Assert.True(fixture.Registry.Ledger.Verify().Ok);
    }
}
