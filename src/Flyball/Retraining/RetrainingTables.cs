using Flyball.Storage.Catalogs;

namespace Flyball.Retraining;

/// <summary>Retraining's tables in the catalog. The index keeps a model from having two open jobs, whoever writes.</summary>
public static class RetrainingTables
{
    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new Migration("retraining", 1, """
            CREATE TABLE retrain_jobs (
              id TEXT PRIMARY KEY,
              ordinal BIGINT NOT NULL UNIQUE,
              model TEXT NOT NULL,
              state TEXT NOT NULL,
              due_micros BIGINT NOT NULL,
              reason TEXT NOT NULL,
              requested_by TEXT NOT NULL,
              auth_method TEXT NOT NULL,
              created_micros BIGINT NOT NULL,
              changed_micros BIGINT NOT NULL,
              finished_micros BIGINT,
              run_id TEXT,
              version INTEGER,
              rollout TEXT,
              error TEXT
            );
            CREATE UNIQUE INDEX retrain_jobs_open ON retrain_jobs (model) WHERE state NOT IN ('done', 'refused', 'failed');
            """),
        new Migration("retraining", 2, """
            CREATE TABLE retrain_schedules (
              model TEXT PRIMARY KEY,
              schedule TEXT NOT NULL,
              next_micros BIGINT NOT NULL
            );
            """),
    ];
}
