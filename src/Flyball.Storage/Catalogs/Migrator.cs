using System.Globalization;
using Dapper;
using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Microsoft.Data.Sqlite;

namespace Flyball.Storage.Catalogs;

/// <summary>Brings a catalog to the tables that the program expects, and refuses one that was brought elsewhere.</summary>
internal static class Migrator
{
    private const string Table = """
        CREATE TABLE IF NOT EXISTS flyball_migration (
            stage TEXT NOT NULL,
            number INTEGER NOT NULL,
            sha256 TEXT NOT NULL,
            PRIMARY KEY (stage, number)
        );
        """;

    internal static void Run(SqliteConnection connection, string file, IReadOnlyList<Migration> migrations)
    {
        var last = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var migration in migrations)
        {
            if (migration.Number <= last.GetValueOrDefault(migration.Stage))
            {
                throw new ArgumentException($"The migrations of {migration.Stage} do not rise from 1.", nameof(migrations));
            }

            last[migration.Stage] = migration.Number;
        }

        using var transaction = connection.BeginTransaction();
        connection.Execute(Table, transaction: transaction);
        var applied = connection
            .Query<(string Stage, long Number, string Sha256)>("SELECT stage, number, sha256 FROM flyball_migration", transaction: transaction)
            .ToDictionary(m => (m.Stage, (int)m.Number), m => m.Sha256);
        var newest = applied.Keys.GroupBy(m => m.Stage).ToDictionary(g => g.Key, g => g.Max(m => m.Item2), StringComparer.Ordinal);

        foreach (var migration in migrations)
        {
            var digest = Digest.Of(migration.Sql).Hex;
            if (applied.Remove((migration.Stage, migration.Number), out var before))
            {
                if (before != digest)
                {
                    throw Refuse(file, migration.Stage, migration.Number, "was applied with another text", "A migration never changes: add a new one.");
                }

                continue;
            }

            if (migration.Number < newest.GetValueOrDefault(migration.Stage))
            {
                throw Refuse(file, migration.Stage, migration.Number, "is missing below one that was applied", "Give the new migration the next number.");
            }

            connection.Execute(migration.Sql, transaction: transaction);
            connection.Execute(
                "INSERT INTO flyball_migration (stage, number, sha256) VALUES (@Stage, @Number, @digest)",
                new { migration.Stage, migration.Number, digest },
                transaction);
        }

        if (applied.Count > 0)
        {
            var (stage, number) = applied.Keys.Min();
            throw Refuse(file, stage, number, "is unknown to this program", "The file was written by a newer version: run that one.");
        }

        transaction.Commit();
    }

    private static FlyballException Refuse(string file, string stage, int number, string seen, string remedy) => new(new Problem(
        "FLY2021",
        string.Create(CultureInfo.InvariantCulture, $"The catalog's migration {stage} {number} {seen}."),
        new ProblemLocation(file),
        remedy));
}
