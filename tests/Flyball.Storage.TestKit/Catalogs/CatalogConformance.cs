using System.Data;
using Dapper;
using Flyball.Storage.Catalogs;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Flyball.Storage.TestKit.Catalogs;

/// <summary>What every catalog must do: transactions in sequence beside a dictionary, across reopening.</summary>
public abstract class CatalogConformance
{
    private static readonly Migration Table =
        new("kit", 1, "CREATE TABLE item (key INTEGER PRIMARY KEY, value INTEGER NOT NULL CHECK (value <> 13));");

    private enum Kind
    {
        Put,
        Fail,
        Reopen,
    }

    /// <summary>Opens the catalog of a directory.</summary>
    protected abstract Catalog Open(string directory, IReadOnlyList<Migration> migrations);

    [Fact]
    public void A_generated_sequence_of_transactions_leaves_what_was_committed() =>
        Prop.ForAll(
            Gen.Elements(Kind.Put, Kind.Put, Kind.Put, Kind.Fail, Kind.Reopen)
                .SelectMany(kind => Gen.Choose(0, 9).SelectMany(key => Gen.Choose(20, 99).Select(value => (kind, key, value))))
                .ListOf()
                .ToArbitrary(),
            Live).Check(Config.QuickThrowOnFailure.WithMaxTest(30));

    private static Dictionary<long, long> All(Catalog catalog) => catalog.Read(c =>
        c.Query<(long Key, long Value)>("SELECT key, value FROM item").ToDictionary(r => r.Key, r => r.Value));

    private async Task Live(IList<(Kind Kind, int Key, int Value)> steps)
    {
        using var home = new TemporaryDirectory();
        var model = new Dictionary<long, long>();
        var catalog = Open(home.Path, [Table]);
        foreach (var (kind, key, value) in steps)
        {
            switch (kind)
            {
                case Kind.Put:
                    await catalog.WriteAsync((c, t) => Put(c, t, key, value), CancellationToken.None);
                    model[key] = value;
                    break;
                case Kind.Fail:
                    await Assert.ThrowsAnyAsync<Exception>(() => catalog.WriteAsync(
                        (c, t) => Put(c, t, key, value) + Put(c, t, key, 13), CancellationToken.None));
                    break;
                default:
                    await catalog.DisposeAsync();
                    catalog = Open(home.Path, [Table]);
                    break;
            }

            Assert.Equal(model, All(catalog));
        }

        await catalog.DisposeAsync();
    }

    private static int Put(IDbConnection connection, IDbTransaction transaction, int key, int value) => connection.Execute(
        "INSERT INTO item (key, value) VALUES (@key, @value) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        new { key, value },
        transaction);
}
