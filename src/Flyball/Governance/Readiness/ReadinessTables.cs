using Flyball.Storage.Catalogs;

namespace Flyball.Governance.Readiness;

/// <summary>Documents that teams attached to tests; only ever appended to.</summary>
public static class ReadinessTables
{
    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new Migration("readiness", 1, """
            CREATE TABLE readiness_evidence (
                model TEXT NOT NULL,
                ordinal INTEGER NOT NULL,
                test TEXT NOT NULL,
                digest TEXT NOT NULL,
                name TEXT NOT NULL,
                reason TEXT NOT NULL,
                actor TEXT NOT NULL,
                attached_at TEXT NOT NULL,
                PRIMARY KEY (model, ordinal)
            );
            """),
        new Migration("readiness", 2, """
            ALTER TABLE readiness_evidence ADD COLUMN version INTEGER;
            ALTER TABLE readiness_evidence ADD COLUMN bundle TEXT;
            """),
    ];
}
