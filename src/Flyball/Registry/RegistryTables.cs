using Flyball.Storage.Catalogs;

namespace Flyball.Registry;

/// <summary>The registry's tables. Aliases say what holds now; <c>alias_history</c> and <c>approvals</c> are only ever appended to.</summary>
public static class RegistryTables
{
    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new Migration("registry", 1, """
            CREATE TABLE versions (
                model TEXT NOT NULL,
                version INTEGER NOT NULL,
                digest TEXT NOT NULL,
                blob TEXT NOT NULL,
                run_id TEXT NOT NULL,
                author TEXT NOT NULL,
                registered_by TEXT NOT NULL,
                risk TEXT NOT NULL,
                state TEXT NOT NULL,
                created_at TEXT NOT NULL,
                gates TEXT NOT NULL,
                PRIMARY KEY (model, version),
                UNIQUE (model, digest)
            );
            CREATE TABLE approvals (
                model TEXT NOT NULL,
                version INTEGER NOT NULL,
                ordinal INTEGER NOT NULL,
                digest TEXT NOT NULL,
                decision TEXT NOT NULL,
                break_glass INTEGER NOT NULL,
                actor TEXT NOT NULL,
                auth_method TEXT NOT NULL,
                reason TEXT,
                decided_at TEXT NOT NULL,
                PRIMARY KEY (model, version, ordinal),
                FOREIGN KEY (model, version) REFERENCES versions (model, version)
            );
            CREATE TABLE aliases (
                model TEXT NOT NULL,
                alias TEXT NOT NULL,
                version INTEGER NOT NULL,
                PRIMARY KEY (model, alias),
                FOREIGN KEY (model, version) REFERENCES versions (model, version)
            );
            CREATE TABLE alias_history (
                model TEXT NOT NULL,
                ordinal INTEGER NOT NULL,
                alias TEXT NOT NULL,
                from_version INTEGER,
                to_version INTEGER NOT NULL,
                actor TEXT NOT NULL,
                reason TEXT,
                moved_at TEXT NOT NULL,
                PRIMARY KEY (model, ordinal)
            );
            """),
        new Migration("registry", 2, """
            CREATE TABLE parity_checks (
                model TEXT NOT NULL,
                ordinal INTEGER NOT NULL,
                checked_at TEXT NOT NULL,
                actor TEXT NOT NULL,
                compared BIGINT NOT NULL,
                identical BIGINT NOT NULL,
                features TEXT NOT NULL,
                report TEXT NOT NULL,
                PRIMARY KEY (model, ordinal)
            );
            """),
    ];
}
