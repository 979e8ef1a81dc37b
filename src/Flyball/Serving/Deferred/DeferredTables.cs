using Flyball.Storage.Catalogs;

namespace Flyball.Serving.Deferred;

/// <summary>The catalog's table of requests that are answered later. A row goes with its answer's time.</summary>
public static class DeferredTables
{
    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new Migration("deferred", 1, """
            CREATE TABLE prediction_jobs (
              id TEXT NOT NULL PRIMARY KEY,
              ordinal BIGINT NOT NULL UNIQUE,
              model TEXT NOT NULL,
              caller TEXT NOT NULL,
              state TEXT NOT NULL,
              several INTEGER NOT NULL,
              instances INTEGER NOT NULL,
              request TEXT NOT NULL,
              bytes BIGINT NOT NULL,
              idempotency_key TEXT,
              request_digest TEXT NOT NULL,
              webhook TEXT,
              keep_micros BIGINT NOT NULL,
              created_micros BIGINT NOT NULL,
              finished_micros BIGINT,
              expires_micros BIGINT,
              answer TEXT
            );
            CREATE UNIQUE INDEX prediction_jobs_key ON prediction_jobs (caller, model, idempotency_key) WHERE idempotency_key IS NOT NULL;
            CREATE INDEX prediction_jobs_state ON prediction_jobs (state, ordinal);
            CREATE INDEX prediction_jobs_expires ON prediction_jobs (expires_micros) WHERE expires_micros IS NOT NULL;
            """),
        new Migration("deferred", 2, "ALTER TABLE prediction_jobs ADD COLUMN trace TEXT;"),
    ];
}
