using Flyball.Storage.Catalogs;

namespace Flyball.Governance.Applied;

/// <summary>What was applied, when and by whom. Both tables are only ever appended to.</summary>
public static class ProjectTables
{
    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new Migration("projects", 1, """
            CREATE TABLE project_applies (
                ordinal INTEGER PRIMARY KEY,
                project TEXT NOT NULL,
                digest TEXT NOT NULL,
                applied_at TEXT NOT NULL,
                actor TEXT NOT NULL,
                accepted_breaks TEXT NOT NULL,
                audit_index BIGINT NOT NULL
            );
            CREATE TABLE project_documents (
                ordinal INTEGER NOT NULL,
                path TEXT NOT NULL,
                digest TEXT NOT NULL,
                body TEXT NOT NULL,
                PRIMARY KEY (ordinal, path),
                FOREIGN KEY (ordinal) REFERENCES project_applies (ordinal)
            );
            CREATE TABLE contract_versions (
                source TEXT NOT NULL,
                ordinal INTEGER NOT NULL,
                version TEXT NOT NULL,
                digest TEXT NOT NULL,
                path TEXT NOT NULL,
                PRIMARY KEY (source, ordinal),
                FOREIGN KEY (ordinal, path) REFERENCES project_documents (ordinal, path)
            );
            """),
        new Migration("projects", 2, "ALTER TABLE project_applies ADD COLUMN source TEXT;"),
    ];
}
