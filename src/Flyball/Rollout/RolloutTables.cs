using Flyball.Storage.Catalogs;

namespace Flyball.Rollout;

/// <summary>
/// The rollout's tables. <c>rollouts</c> says where each one stands, <c>rollout_events</c> how it came there, and <c>traffic</c> which
/// versions answered from when; the last two are only ever appended to.
/// </summary>
public static class RolloutTables
{
    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new Migration("rollout", 1, """
            CREATE TABLE rollouts (
                id TEXT NOT NULL PRIMARY KEY,
                ordinal INTEGER NOT NULL,
                model TEXT NOT NULL,
                version INTEGER NOT NULL,
                digest TEXT NOT NULL,
                champion INTEGER NOT NULL,
                state TEXT NOT NULL,
                step INTEGER NOT NULL,
                definition TEXT NOT NULL,
                started_by TEXT NOT NULL,
                started_at TEXT NOT NULL,
                started_micros BIGINT NOT NULL,
                changed_at TEXT NOT NULL,
                reason TEXT
            );
            CREATE TABLE rollout_events (
                rollout TEXT NOT NULL,
                ordinal INTEGER NOT NULL,
                kind TEXT NOT NULL,
                step INTEGER NOT NULL,
                decided_position BIGINT NOT NULL,
                settled_position BIGINT,
                actor TEXT NOT NULL,
                reason TEXT,
                happened_at TEXT NOT NULL,
                PRIMARY KEY (rollout, ordinal),
                FOREIGN KEY (rollout) REFERENCES rollouts (id)
            );
            CREATE TABLE traffic (
                model TEXT NOT NULL,
                ordinal INTEGER NOT NULL,
                champion INTEGER NOT NULL,
                previous INTEGER,
                rollout TEXT,
                canary INTEGER,
                share TEXT,
                since TEXT NOT NULL,
                PRIMARY KEY (model, ordinal)
            );
            """),
    ];
}
