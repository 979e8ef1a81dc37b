using Flyball.Storage.Catalogs;

namespace Flyball.Registry;

/// <summary>
/// The registry's tables. <c>registered_models</c>, <c>versions</c>, <c>model_tags</c>, <c>version_tags</c> and <c>aliases</c> say what holds now;
/// <c>registry_ledger</c>, <c>registry_events</c> and <c>approvals</c> are only ever appended to.
/// </summary>
/// <remarks>
/// A deleted version keeps its row with <c>deleted_micros</c>, so that its number is never given again. A deleted model keeps its rows under
/// a name with a slash, which no living model can have, so that its name is free.
/// </remarks>
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
        new Migration("registry", 3, """
            CREATE TABLE registered_models (
                model TEXT NOT NULL PRIMARY KEY,
                id BIGINT NOT NULL UNIQUE,
                description TEXT,
                created_by TEXT NOT NULL,
                created_micros BIGINT NOT NULL,
                updated_micros BIGINT NOT NULL,
                deleted_micros BIGINT
            );
            CREATE INDEX registered_models_updated ON registered_models (updated_micros, model) WHERE deleted_micros IS NULL;
            INSERT INTO registered_models (model, id, description, created_by, created_micros, updated_micros, deleted_micros)
            SELECT model, ROW_NUMBER() OVER (ORDER BY model), NULL, MIN(registered_by), MIN(made), MAX(made), NULL FROM (
                SELECT model, registered_by,
                    CAST(strftime('%s', substr(created_at, 1, 19)) AS INTEGER) * 1000000
                        + CAST(substr(replace(substr(created_at, 21), 'Z', '') || '000000', 1, 6) AS INTEGER) AS made
                FROM versions)
            GROUP BY model;
            CREATE TABLE versions_3 (
                model TEXT NOT NULL,
                version INTEGER NOT NULL,
                form TEXT NOT NULL,
                digest TEXT NOT NULL,
                blob TEXT NOT NULL,
                manifest TEXT,
                run_id TEXT NOT NULL,
                author TEXT NOT NULL,
                registered_by TEXT NOT NULL,
                risk TEXT NOT NULL,
                state TEXT NOT NULL,
                stage TEXT NOT NULL,
                description TEXT,
                source TEXT,
                logged_model TEXT,
                run_link TEXT,
                created_at TEXT NOT NULL,
                created_micros BIGINT NOT NULL,
                updated_micros BIGINT NOT NULL,
                keep_until_micros BIGINT,
                deleted_micros BIGINT,
                gates TEXT NOT NULL,
                PRIMARY KEY (model, version),
                FOREIGN KEY (model) REFERENCES registered_models (model) ON UPDATE CASCADE
            );
            INSERT INTO versions_3 (model, version, form, digest, blob, manifest, run_id, author, registered_by, risk, state, stage, description, source,
                logged_model, run_link, created_at, created_micros, updated_micros, keep_until_micros, deleted_micros, gates)
            SELECT model, version, 'bundle', digest, blob, NULL, run_id, author, registered_by, risk, state, 'None', NULL, NULL, NULL, NULL, created_at, made, made, NULL, NULL, gates
            FROM (
                SELECT *, CAST(strftime('%s', substr(created_at, 1, 19)) AS INTEGER) * 1000000
                    + CAST(substr(replace(substr(created_at, 21), 'Z', '') || '000000', 1, 6) AS INTEGER) AS made
                FROM versions);
            CREATE TABLE approvals_3 (
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
                expires_micros BIGINT,
                PRIMARY KEY (model, version, ordinal),
                FOREIGN KEY (model, version) REFERENCES versions_3 (model, version) ON UPDATE CASCADE
            );
            INSERT INTO approvals_3 (model, version, ordinal, digest, decision, break_glass, actor, auth_method, reason, decided_at, expires_micros)
            SELECT model, version, ordinal, digest, decision, break_glass, actor, auth_method, reason, decided_at, NULL FROM approvals;
            CREATE TABLE aliases_3 (
                model TEXT NOT NULL,
                alias TEXT NOT NULL,
                version INTEGER NOT NULL,
                PRIMARY KEY (model, alias),
                FOREIGN KEY (model, version) REFERENCES versions_3 (model, version) ON UPDATE CASCADE
            );
            INSERT INTO aliases_3 (model, alias, version) SELECT model, alias, version FROM aliases;
            DROP TABLE aliases;
            DROP TABLE approvals;
            DROP TABLE versions;
            ALTER TABLE versions_3 RENAME TO versions;
            ALTER TABLE approvals_3 RENAME TO approvals;
            ALTER TABLE aliases_3 RENAME TO aliases;
            UPDATE versions SET stage = 'Production' WHERE EXISTS (
                SELECT 1 FROM aliases a WHERE a.model = versions.model AND a.version = versions.version AND a.alias = 'champion');
            CREATE UNIQUE INDEX versions_bundle ON versions (model, digest) WHERE form = 'bundle' AND deleted_micros IS NULL;
            CREATE INDEX versions_digest ON versions (digest);
            CREATE INDEX versions_stage ON versions (model, stage, version) WHERE deleted_micros IS NULL;
            CREATE INDEX versions_updated ON versions (updated_micros DESC, model, version DESC) WHERE deleted_micros IS NULL;
            CREATE INDEX versions_created ON versions (created_micros, model, version) WHERE deleted_micros IS NULL;
            CREATE INDEX versions_run ON versions (run_id);
            CREATE INDEX versions_source ON versions (source);
            CREATE INDEX aliases_version ON aliases (model, version);
            CREATE TABLE model_tags (
                model TEXT NOT NULL,
                key TEXT NOT NULL,
                value TEXT NOT NULL,
                PRIMARY KEY (model, key),
                FOREIGN KEY (model) REFERENCES registered_models (model) ON UPDATE CASCADE
            );
            CREATE INDEX model_tags_key ON model_tags (key, value);
            CREATE TABLE version_tags (
                model TEXT NOT NULL,
                version INTEGER NOT NULL,
                key TEXT NOT NULL,
                value TEXT NOT NULL,
                PRIMARY KEY (model, version, key),
                FOREIGN KEY (model, version) REFERENCES versions (model, version) ON UPDATE CASCADE
            );
            CREATE INDEX version_tags_key ON version_tags (key, value, model, version);
            INSERT INTO version_tags (model, version, key, value)
            SELECT model, version, 'flyball.approval', CASE state WHEN 'approved' THEN 'APPROVED' WHEN 'refused' THEN 'REJECTED' ELSE 'PENDING' END FROM versions;
            CREATE TABLE registry_keys (
                scope TEXT NOT NULL,
                key TEXT NOT NULL,
                body TEXT NOT NULL,
                model_id BIGINT NOT NULL,
                version INTEGER,
                PRIMARY KEY (scope, key)
            );
            CREATE TABLE registry_ledger (
                seq BIGINT NOT NULL PRIMARY KEY,
                at_micros BIGINT NOT NULL,
                model_id BIGINT NOT NULL,
                model TEXT NOT NULL,
                kind TEXT NOT NULL,
                name TEXT,
                version INTEGER,
                digest TEXT,
                old_value TEXT,
                new_value TEXT,
                actor TEXT NOT NULL,
                auth_method TEXT NOT NULL,
                reason TEXT,
                hash TEXT NOT NULL
            );
            CREATE INDEX registry_ledger_name ON registry_ledger (model_id, kind, name, seq);
            CREATE INDEX registry_ledger_model ON registry_ledger (model, seq);
            INSERT INTO registry_ledger (seq, at_micros, model_id, model, kind, name, version, digest, old_value, new_value, actor, auth_method, reason, hash)
            SELECT ROW_NUMBER() OVER (ORDER BY h.moved, h.model, h.ordinal), h.moved, m.id, h.model, 'alias', h.alias, h.to_version, v.digest,
                CAST(h.from_version AS TEXT), CAST(h.to_version AS TEXT), h.actor, 'unrecorded', h.reason, ''
            FROM (
                SELECT *, CAST(strftime('%s', substr(moved_at, 1, 19)) AS INTEGER) * 1000000
                    + CAST(substr(replace(substr(moved_at, 21), 'Z', '') || '000000', 1, 6) AS INTEGER) AS moved
                FROM alias_history) h
            JOIN registered_models m ON m.model = h.model
            JOIN versions v ON v.model = h.model AND v.version = h.to_version;
            DROP TABLE alias_history;
            CREATE TABLE registry_events (
                seq BIGINT NOT NULL PRIMARY KEY,
                at_micros BIGINT NOT NULL,
                model_id BIGINT NOT NULL,
                model TEXT NOT NULL,
                entity TEXT NOT NULL,
                action TEXT NOT NULL,
                data TEXT NOT NULL
            );
            CREATE TABLE webhooks (
                id TEXT NOT NULL PRIMARY KEY,
                name TEXT NOT NULL,
                url TEXT NOT NULL,
                description TEXT,
                secret TEXT,
                status TEXT NOT NULL,
                created_by TEXT NOT NULL,
                created_micros BIGINT NOT NULL,
                updated_micros BIGINT NOT NULL
            );
            CREATE TABLE webhook_subscriptions (
                webhook TEXT NOT NULL,
                entity TEXT NOT NULL,
                action TEXT NOT NULL,
                PRIMARY KEY (webhook, entity, action),
                FOREIGN KEY (webhook) REFERENCES webhooks (id) ON DELETE CASCADE
            );
            CREATE TABLE registry_deliveries (
                webhook TEXT NOT NULL,
                seq BIGINT NOT NULL,
                model_id BIGINT NOT NULL,
                attempts INTEGER NOT NULL,
                next_micros BIGINT NOT NULL,
                last_status TEXT,
                PRIMARY KEY (webhook, model_id, seq),
                FOREIGN KEY (webhook) REFERENCES webhooks (id) ON DELETE CASCADE,
                FOREIGN KEY (seq) REFERENCES registry_events (seq)
            );
            CREATE INDEX registry_deliveries_next ON registry_deliveries (next_micros);
            """),

        // The ledger's entries of before it had hashes are sealed once, up to here; an entry without a hash is broken from then on.
        new Migration("registry_proofs", 1, """
            CREATE TABLE registry_unsealed (last_seq BIGINT NOT NULL);
            INSERT INTO registry_unsealed (last_seq)
            SELECT last FROM (SELECT MAX(seq) AS last, COUNT(*) AS entries, SUM(CASE WHEN hash <> '' THEN 1 ELSE 0 END) AS sealed FROM registry_ledger) WHERE entries > 0 AND sealed = 0;
            ALTER TABLE versions ADD COLUMN defined_by TEXT;
            """),
        new Migration("registry_traces", 1, "ALTER TABLE registry_events ADD COLUMN trace TEXT;"),
    ];
}
