using Flyball.Storage.Catalogs;

namespace Flyball.Monitoring;

/// <summary>Monitoring's tables in the catalog.</summary>
public static class MonitoringTables
{
    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new Migration("monitoring", 1, """
            CREATE TABLE checks (
              model TEXT NOT NULL,
              from_micros BIGINT NOT NULL,
              to_micros BIGINT NOT NULL,
              made_at TEXT NOT NULL,
              report TEXT NOT NULL,
              PRIMARY KEY (model, from_micros, to_micros)
            );
            CREATE TABLE alerts (
              id TEXT PRIMARY KEY,
              model TEXT NOT NULL,
              kind TEXT NOT NULL,
              feature TEXT NOT NULL,
              severity TEXT NOT NULL,
              state TEXT NOT NULL,
              opened_at TEXT NOT NULL,
              opened_micros BIGINT NOT NULL,
              resolved_at TEXT,
              calm_checks INTEGER NOT NULL DEFAULT 0,
              detail TEXT NOT NULL
            );
            CREATE UNIQUE INDEX alerts_firing ON alerts (model, kind, feature) WHERE state = 'firing';
            """),
    ];
}
