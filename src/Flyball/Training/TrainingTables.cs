using Flyball.Storage.Catalogs;

namespace Flyball.Training;

/// <summary>Training's tables in the catalog.</summary>
public static class TrainingTables
{
    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new Migration("training", 1, """
            CREATE TABLE runs (
              run_id TEXT PRIMARY KEY,
              model TEXT NOT NULL,
              state TEXT NOT NULL,
              author TEXT NOT NULL,
              started_at TEXT NOT NULL,
              finished_at TEXT,
              horizon BIGINT NOT NULL,
              as_of_micros BIGINT NOT NULL,
              permute_labels BIGINT,
              bundle TEXT,
              bundle_blob TEXT,
              evaluation_blob TEXT,
              job_blob TEXT,
              result TEXT,
              error TEXT
            );
            CREATE INDEX runs_by_model ON runs (model, started_at);
            """),
    ];
}
