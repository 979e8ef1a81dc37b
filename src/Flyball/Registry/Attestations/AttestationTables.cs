using Flyball.Storage.Catalogs;

namespace Flyball.Registry.Attestations;

/// <summary>What was signed of which version; only ever appended to.</summary>
public static class AttestationTables
{
    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new Migration("attestations", 1, """
            CREATE TABLE attestations (
                digest TEXT NOT NULL,
                kind TEXT NOT NULL,
                key_id TEXT NOT NULL,
                created_at TEXT NOT NULL,
                content TEXT NOT NULL,
                PRIMARY KEY (digest, kind, key_id)
            );
            """),
    ];
}
