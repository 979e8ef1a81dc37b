using Dapper;
using Flyball.Engine.Problems;
using Flyball.Storage.Catalogs;
using Flyball.Storage.TestKit;
using Flyball.Storage.TestKit.Catalogs;
using Microsoft.Data.Sqlite;

namespace Flyball.Storage.Tests.Catalogs;

public sealed class SqliteCatalogConformanceTests : CatalogConformance
{
    protected override Catalog Open(string directory, IReadOnlyList<Migration> migrations) =>
        Catalog.Open(Path.Combine(directory, "catalog.db"), migrations);
}

public sealed class CatalogTests : IDisposable
{
    private static readonly Migration Run = new("training", 1, "CREATE TABLE run (id INTEGER PRIMARY KEY); CREATE TABLE metric (run INTEGER NOT NULL REFERENCES run(id));");

    private readonly TemporaryDirectory home = new();

    private string DatabaseFile => home["catalog.db"];

    public void Dispose() => home.Dispose();

    [Fact]
    public async Task New_migrations_are_applied_once_and_keep_the_rows()
    {
        await using (var catalog = Catalog.Open(DatabaseFile, [Run]))
        {
            await catalog.WriteAsync((c, t) => c.Execute("INSERT INTO run VALUES (7)", transaction: t), CancellationToken.None);
        }

        var second = new Migration("training", 2, "ALTER TABLE run ADD COLUMN name TEXT;");
        var other = new Migration("registry", 1, "CREATE TABLE version (id INTEGER);");
        for (var i = 0; i < 2; i++)
        {
            await using var catalog = Catalog.Open(DatabaseFile, [Run, second, other]);
            Assert.Equal(7, catalog.Read(c => c.QuerySingle<long>("SELECT id FROM run WHERE name IS NULL")));
            Assert.Equal(3, catalog.Read(c => c.QuerySingle<long>("SELECT count(*) FROM flyball_migration")));
        }
    }

    [Fact]
    public async Task Changed_unknown_and_skipped_migrations_are_refused()
    {
        var third = new Migration("training", 3, "CREATE TABLE third (id INTEGER);");
        await Catalog.Open(DatabaseFile, [Run, third]).DisposeAsync();
        foreach (var migrations in new Migration[][]
        {
            [Run with { Sql = Run.Sql + " " }, third],
            [Run],
            [Run, third with { Number = 2 }, third],
        })
        {
            var refused = Assert.Throws<FlyballException>(() => Catalog.Open(DatabaseFile, migrations));
            Assert.Equal(("FLY2021", DatabaseFile), (refused.Problem.Code, refused.Problem.Where?.File));
        }

        Assert.Throws<ArgumentException>(() => Catalog.Open(DatabaseFile, [third, Run]));
        await Catalog.Open(DatabaseFile, [Run, third]).DisposeAsync();
    }

    [Fact]
    public async Task A_migration_that_fails_leaves_none_of_its_tables()
    {
        Assert.Throws<SqliteException>(() => Catalog.Open(DatabaseFile, [Run, new("training", 2, "CREATE TABLE half (id INTEGER); CREATE TABLE run (id);")]));
        await using var catalog = Catalog.Open(DatabaseFile, [Run]);
        Assert.Equal(0, catalog.Read(c => c.QuerySingle<long>("SELECT count(*) FROM sqlite_master WHERE name = 'half'")));
    }

    [Fact]
    public async Task A_damaged_file_is_refused_by_name()
    {
        await using (var catalog = Catalog.Open(DatabaseFile, [Run]))
        {
            await catalog.WriteAsync(
                (c, t) => c.Execute("INSERT INTO run WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) SELECT i FROM n", transaction: t),
                CancellationToken.None);
        }

        var bytes = File.ReadAllBytes(DatabaseFile);
        var damages = new[]
        {
            [.. "not a database, "u8, .. bytes[16..]],
            bytes[..(bytes.Length / 2)],
            bytes.Select((b, i) => i is > 4096 * 3 and < (4096 * 3) + 300 ? (byte)0xff : b).ToArray(),
        };
        foreach (var damaged in damages)
        {
            File.WriteAllBytes(DatabaseFile, damaged);
            var refused = Assert.Throws<FlyballException>(() => Catalog.Open(DatabaseFile, [Run]));
            Assert.Equal(("FLY2020", DatabaseFile), (refused.Problem.Code, refused.Problem.Where?.File));
        }
    }

    [Fact]
    public async Task Commits_are_synced_and_foreign_keys_enforced()
    {
        await using var catalog = Catalog.Open(DatabaseFile, [Run]);
        await catalog.WriteAsync(
            (c, t) =>
            {
                Assert.Equal(2, c.QuerySingle<long>("PRAGMA synchronous", transaction: t));
                Assert.Equal("wal", c.QuerySingle<string>("PRAGMA journal_mode", transaction: t));
                return 0;
            },
            CancellationToken.None);
        await Assert.ThrowsAsync<SqliteException>(() =>
            catalog.WriteAsync((c, t) => c.Execute("INSERT INTO metric VALUES (99)", transaction: t), CancellationToken.None));
    }

    [Fact]
    public async Task A_reader_cannot_write_and_keeps_one_state_while_others_commit()
    {
        await using var catalog = Catalog.Open(DatabaseFile, [Run]);
        Assert.Throws<SqliteException>(() => catalog.Read(c => c.Execute("INSERT INTO run VALUES (1)")));
        Task? write = null;
        var (before, after) = catalog.Read(c =>
        {
            var first = c.QuerySingle<long>("SELECT count(*) FROM run");
            write = catalog.WriteAsync((w, t) => w.Execute("INSERT INTO run VALUES (1)", transaction: t), CancellationToken.None);
            Assert.True(write.IsCompletedSuccessfully);
            return (first, c.QuerySingle<long>("SELECT count(*) FROM run"));
        });
        await write!;
        Assert.Equal((0, 0), (before, after));
        Assert.Equal(1, catalog.Read(c => c.QuerySingle<long>("SELECT count(*) FROM run")));
    }

    [Fact]
    public async Task Concurrent_writers_take_turns()
    {
        await using var catalog = Catalog.Open(DatabaseFile, [Run]);
        await Task.WhenAll(Enumerable.Range(1, 50).Select(async i =>
        {
            await Task.Yield();
            await catalog.WriteAsync((c, t) => c.Execute("INSERT INTO run SELECT coalesce(max(id), 0) + 1 FROM run", transaction: t), CancellationToken.None);
        }));
        Assert.Equal(50, catalog.Read(c => c.QuerySingle<long>("SELECT max(id) FROM run")));
    }
}
