using Flyball.Storage.Catalogs;

namespace Flyball.Training.Tracking;

/// <summary>Tables of experiments, runs, logged models and artifacts.</summary>
public static class TrackingTables
{
    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new Migration("tracking", 1, """
            CREATE TABLE tracking_experiments (
              experiment_id BIGINT PRIMARY KEY,
              name TEXT NOT NULL UNIQUE,
              artifact_location TEXT NOT NULL,
              lifecycle TEXT NOT NULL,
              created_ms BIGINT NOT NULL,
              updated_ms BIGINT NOT NULL
            );
            INSERT INTO tracking_experiments VALUES (0, 'Default', 'mlflow-artifacts:/0', 'active', 0, 0);
            CREATE TABLE tracking_experiment_tags (
              experiment_id BIGINT NOT NULL REFERENCES tracking_experiments (experiment_id),
              key TEXT NOT NULL,
              value TEXT NOT NULL,
              PRIMARY KEY (experiment_id, key)
            );
            CREATE TABLE tracking_runs (
              run_no INTEGER PRIMARY KEY,
              run_id TEXT NOT NULL UNIQUE,
              name TEXT NOT NULL,
              experiment_id BIGINT NOT NULL REFERENCES tracking_experiments (experiment_id),
              user_id TEXT NOT NULL,
              status TEXT NOT NULL,
              start_ms BIGINT NOT NULL,
              end_ms BIGINT,
              artifact_uri TEXT NOT NULL,
              lifecycle TEXT NOT NULL
            );
            CREATE INDEX tracking_runs_by_start ON tracking_runs (start_ms DESC, run_id);
            CREATE INDEX tracking_runs_by_experiment ON tracking_runs (experiment_id, start_ms DESC, run_id);
            CREATE INDEX tracking_runs_by_name ON tracking_runs (name);
            CREATE INDEX tracking_runs_by_status ON tracking_runs (status, start_ms DESC, run_id);
            CREATE TABLE tracking_params (
              run_no INTEGER NOT NULL REFERENCES tracking_runs (run_no),
              key TEXT NOT NULL,
              value TEXT NOT NULL,
              PRIMARY KEY (run_no, key)
            );
            CREATE INDEX tracking_params_by_value ON tracking_params (key, value, run_no);
            CREATE TABLE tracking_tags (
              run_no INTEGER NOT NULL REFERENCES tracking_runs (run_no),
              key TEXT NOT NULL,
              value TEXT NOT NULL,
              PRIMARY KEY (run_no, key)
            );
            CREATE INDEX tracking_tags_by_value ON tracking_tags (key, value, run_no);
            CREATE TABLE tracking_metrics (
              run_no INTEGER NOT NULL REFERENCES tracking_runs (run_no),
              key TEXT NOT NULL,
              at_ms BIGINT NOT NULL,
              step BIGINT NOT NULL,
              value DOUBLE PRECISION NOT NULL,
              is_nan INTEGER NOT NULL,
              model_id TEXT,
              dataset_name TEXT,
              dataset_digest TEXT,
              PRIMARY KEY (run_no, key, at_ms, step, value, is_nan)
            );
            CREATE TABLE tracking_latest (
              run_no INTEGER NOT NULL REFERENCES tracking_runs (run_no),
              key TEXT NOT NULL,
              at_ms BIGINT NOT NULL,
              step BIGINT NOT NULL,
              value DOUBLE PRECISION NOT NULL,
              is_nan INTEGER NOT NULL,
              model_id TEXT,
              dataset_name TEXT,
              dataset_digest TEXT,
              PRIMARY KEY (run_no, key)
            );
            CREATE INDEX tracking_latest_by_value ON tracking_latest (key, is_nan, value, run_no);
            CREATE TABLE tracking_datasets (
              dataset_no INTEGER PRIMARY KEY,
              experiment_id BIGINT NOT NULL REFERENCES tracking_experiments (experiment_id),
              name TEXT NOT NULL,
              digest TEXT NOT NULL,
              source_type TEXT NOT NULL,
              source TEXT NOT NULL,
              schema TEXT,
              profile TEXT,
              UNIQUE (experiment_id, name, digest)
            );
            CREATE TABLE tracking_inputs (
              run_no INTEGER NOT NULL REFERENCES tracking_runs (run_no),
              dataset_no INTEGER NOT NULL REFERENCES tracking_datasets (dataset_no),
              PRIMARY KEY (run_no, dataset_no)
            );
            CREATE TABLE tracking_input_tags (
              run_no INTEGER NOT NULL,
              dataset_no INTEGER NOT NULL,
              key TEXT NOT NULL,
              value TEXT NOT NULL,
              PRIMARY KEY (run_no, dataset_no, key)
            );
            CREATE TABLE tracking_run_models (
              run_no INTEGER NOT NULL REFERENCES tracking_runs (run_no),
              direction TEXT NOT NULL,
              model_id TEXT NOT NULL,
              step BIGINT NOT NULL,
              PRIMARY KEY (run_no, direction, model_id)
            );
            CREATE TABLE tracking_models (
              model_no INTEGER PRIMARY KEY,
              model_id TEXT NOT NULL UNIQUE,
              experiment_id BIGINT NOT NULL REFERENCES tracking_experiments (experiment_id),
              name TEXT NOT NULL,
              model_type TEXT NOT NULL,
              source_run_id TEXT NOT NULL,
              status TEXT NOT NULL,
              artifact_uri TEXT NOT NULL,
              lifecycle TEXT NOT NULL,
              created_ms BIGINT NOT NULL,
              updated_ms BIGINT NOT NULL
            );
            CREATE INDEX tracking_models_by_experiment ON tracking_models (experiment_id, created_ms DESC, model_id);
            CREATE TABLE tracking_model_params (
              model_no INTEGER NOT NULL REFERENCES tracking_models (model_no),
              key TEXT NOT NULL,
              value TEXT NOT NULL,
              PRIMARY KEY (model_no, key)
            );
            CREATE TABLE tracking_model_tags (
              model_no INTEGER NOT NULL REFERENCES tracking_models (model_no),
              key TEXT NOT NULL,
              value TEXT NOT NULL,
              PRIMARY KEY (model_no, key)
            );
            CREATE TABLE tracking_model_metrics (
              model_no INTEGER NOT NULL REFERENCES tracking_models (model_no),
              key TEXT NOT NULL,
              run_id TEXT NOT NULL,
              dataset_name TEXT NOT NULL,
              dataset_digest TEXT NOT NULL,
              at_ms BIGINT NOT NULL,
              step BIGINT NOT NULL,
              value DOUBLE PRECISION NOT NULL,
              is_nan INTEGER NOT NULL,
              PRIMARY KEY (model_no, key, run_id, dataset_name, dataset_digest)
            );
            CREATE TABLE tracking_artifacts (
              path TEXT PRIMARY KEY,
              digest TEXT NOT NULL,
              size BIGINT NOT NULL,
              written_ms BIGINT NOT NULL
            );
            CREATE TABLE tracking_requests (
              scope TEXT NOT NULL,
              key TEXT NOT NULL,
              request TEXT NOT NULL,
              created TEXT NOT NULL,
              PRIMARY KEY (scope, key)
            );
            """),

        // Runs of one value are listed newest first: with the start beside the value an index holds them in that order, and none are sorted.
        // A start never changes.
        new Migration("tracking", 2, """
            ALTER TABLE tracking_params ADD COLUMN start_ms BIGINT NOT NULL DEFAULT 0;
            UPDATE tracking_params SET start_ms = (SELECT r.start_ms FROM tracking_runs r WHERE r.run_no = tracking_params.run_no);
            DROP INDEX tracking_params_by_value;
            CREATE INDEX tracking_params_rising ON tracking_params (key, value, start_ms DESC, run_no);
            CREATE INDEX tracking_params_falling ON tracking_params (key, value DESC, start_ms DESC, run_no);
            ALTER TABLE tracking_tags ADD COLUMN start_ms BIGINT NOT NULL DEFAULT 0;
            UPDATE tracking_tags SET start_ms = (SELECT r.start_ms FROM tracking_runs r WHERE r.run_no = tracking_tags.run_no);
            DROP INDEX tracking_tags_by_value;
            CREATE INDEX tracking_tags_rising ON tracking_tags (key, value, start_ms DESC, run_no);
            CREATE INDEX tracking_tags_falling ON tracking_tags (key, value DESC, start_ms DESC, run_no);
            """),
    ];
}
