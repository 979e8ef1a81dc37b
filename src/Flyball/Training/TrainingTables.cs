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
        new Migration("training", 2, """
            ALTER TABLE runs ADD COLUMN source TEXT;
            ALTER TABLE runs ADD COLUMN attempts INTEGER NOT NULL DEFAULT 1;
            ALTER TABLE runs ADD COLUMN identity TEXT;
            CREATE TABLE run_steps (
              run_id TEXT NOT NULL,
              ordinal INTEGER NOT NULL,
              attempt INTEGER NOT NULL,
              step TEXT NOT NULL,
              state TEXT NOT NULL,
              step_key TEXT,
              started_at TEXT NOT NULL,
              seconds DOUBLE PRECISION NOT NULL,
              cpu_seconds DOUBLE PRECISION NOT NULL,
              peak_memory_bytes BIGINT NOT NULL,
              detail TEXT NOT NULL,
              inputs TEXT,
              outputs TEXT,
              log TEXT NOT NULL,
              PRIMARY KEY (run_id, ordinal),
              FOREIGN KEY (run_id) REFERENCES runs (run_id)
            );
            """),
        new Migration("training", 3, """
            CREATE TABLE run_reproductions (
              run_id TEXT NOT NULL,
              ordinal INTEGER NOT NULL,
              actor TEXT NOT NULL,
              made_at TEXT NOT NULL,
              bundle TEXT NOT NULL,
              again TEXT NOT NULL,
              identical INTEGER NOT NULL,
              PRIMARY KEY (run_id, ordinal),
              FOREIGN KEY (run_id) REFERENCES runs (run_id)
            );
            """),
    ];
}
