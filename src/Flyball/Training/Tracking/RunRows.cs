using System.Data;
using Dapper;
using Flyball.Storage.Catalogs;

namespace Flyball.Training.Tracking;

/// <summary>Reads and writes the rows of runs. Statements of hot paths are prepared.</summary>
internal static class RunRows
{
    public const string Columns =
        "r.run_no AS RunNo, r.run_id AS RunId, r.name AS Name, r.experiment_id AS ExperimentId, r.user_id AS UserId, r.status AS Status, "
        + "r.start_ms AS StartMs, r.end_ms AS EndMs, r.artifact_uri AS ArtifactUri, r.lifecycle AS Lifecycle";

    private static readonly PreparedStatement ByRunId = new("SELECT run_no, lifecycle FROM tracking_runs WHERE run_id = @id", "id");

    private static readonly PreparedStatement PutTag = new(
        "INSERT INTO tracking_tags (run_no, key, value, start_ms) VALUES (@run, @key, @value, (SELECT r.start_ms FROM tracking_runs r WHERE r.run_no = @run)) ON CONFLICT (run_no, key) DO UPDATE SET value = excluded.value",
        "run", "key", "value");

    private static readonly PreparedStatement PutName = new("UPDATE tracking_runs SET name = @name WHERE run_no = @run", "name", "run");

    public static TrackedRun? Find(IDbConnection db, string runId) =>
        db.QueryFirstOrDefault<TrackedRun>($"SELECT {Columns} FROM tracking_runs r WHERE r.run_id = @runId", new { runId });

    /// <summary>The number of a run that may be written to.</summary>
    /// <exception cref="Engine.Problems.FlyballException">FLY3301: there is none. FLY3303: it is deleted.</exception>
    public static long RequireActive(IDbConnection db, IDbTransaction tx, string runId)
    {
        using var row = ByRunId.Query(db, tx, runId);
        return !row.Read() ? throw TrackingProblems.NoRun(runId)
            : row.GetString(1) == Lifecycle.Active ? row.GetInt64(0)
            : throw TrackingProblems.RunDeleted(runId);
    }

    public static void SetTag(IDbConnection db, IDbTransaction tx, long no, KeyText tag)
    {
        PutTag.Execute(db, tx, no, tag.Key, tag.Value);
        if (tag.Key == RunStore.NameTag)
        {
            PutName.Execute(db, tx, tag.Value, no);
        }
    }

    /// <summary>Adds metrics, parameters, tags, inputs and outputs. Cost: six queries, however many runs.</summary>
    public static IReadOnlyList<TrackedRun> WithAll(IDbConnection db, IReadOnlyList<TrackedRun> runs)
    {
        if (runs.Count == 0)
        {
            return [];
        }

        // Numbers, made here: no text of a caller is in the statement.
        var numbers = string.Join(',', runs.Select(r => r.RunNo));
        var metrics = Metrics(db, numbers);
        var given = Texts(db, "tracking_params", numbers);
        var tags = Texts(db, "tracking_tags", numbers);
        var datasets = Datasets(db, numbers);
        var models = db.Query<(long No, string Direction, string Id, long Step)>($"SELECT run_no, direction, model_id, step FROM tracking_run_models WHERE run_no IN ({numbers}) ORDER BY run_no, step, model_id")
            .ToLookup(m => (m.No, m.Direction), m => new RunModel(m.Id, m.Step));
        return
        [
            .. runs.Select(r => r with
            {
                Metrics = metrics.GetValueOrDefault(r.RunNo, []),
                Params = given.GetValueOrDefault(r.RunNo, []),
                Tags = tags.GetValueOrDefault(r.RunNo, []),
                Datasets = [.. datasets[r.RunNo]],
                ModelInputs = [.. models[(r.RunNo, "input")]],
                ModelOutputs = [.. models[(r.RunNo, "output")]],
            }),
        ];
    }

    private static Dictionary<long, List<MetricPoint>> Metrics(IDbConnection db, string numbers)
    {
        var found = new Dictionary<long, List<MetricPoint>>();
        using var rows = db.ExecuteReader(
            $"SELECT run_no, key, value, is_nan, at_ms, step, model_id, dataset_name, dataset_digest FROM tracking_latest WHERE run_no IN ({numbers}) ORDER BY run_no, key");
        while (rows.Read())
        {
            ListOf(found, rows.GetInt64(0)).Add(PointOf(rows, 1));
        }

        return found;
    }

    /// <summary>A point from the columns key, value, is_nan, at_ms, step, model_id, dataset_name, dataset_digest.</summary>
    public static MetricPoint PointOf(IDataRecord row, int from) => new()
    {
        Key = row.GetString(from),
        Value = row.GetDouble(from + 1),
        IsNaN = row.GetInt64(from + 2) != 0,
        AtMs = row.GetInt64(from + 3),
        Step = row.GetInt64(from + 4),
        ModelId = row.IsDBNull(from + 5) ? null : row.GetString(from + 5),
        DatasetName = row.IsDBNull(from + 6) ? null : row.GetString(from + 6),
        DatasetDigest = row.IsDBNull(from + 7) ? null : row.GetString(from + 7),
    };

    private static Dictionary<long, List<KeyText>> Texts(IDbConnection db, string table, string numbers)
    {
        var found = new Dictionary<long, List<KeyText>>();
        using var rows = db.ExecuteReader($"SELECT run_no, key, value FROM {table} WHERE run_no IN ({numbers}) ORDER BY run_no, key");
        while (rows.Read())
        {
            ListOf(found, rows.GetInt64(0)).Add(new KeyText(rows.GetString(1), rows.GetString(2)));
        }

        return found;
    }

    private static List<T> ListOf<T>(Dictionary<long, List<T>> lists, long no) =>
        lists.TryGetValue(no, out var list) ? list : lists[no] = [];

    private static ILookup<long, DatasetUse> Datasets(IDbConnection db, string numbers)
    {
        var tags = db.Query<(long Run, long Dataset, string Key, string Value)>($"SELECT run_no, dataset_no, key, value FROM tracking_input_tags WHERE run_no IN ({numbers}) ORDER BY run_no, dataset_no, key")
            .ToLookup(t => (t.Run, t.Dataset), t => new KeyText(t.Key, t.Value));
        return db.Query<(long Run, long No, string Name, string Digest, string SourceType, string Source, string? Schema, string? Profile)>(
                $"""
                SELECT i.run_no, d.dataset_no, d.name, d.digest, d.source_type, d.source, d.schema, d.profile
                FROM tracking_inputs i JOIN tracking_datasets d ON d.dataset_no = i.dataset_no
                WHERE i.run_no IN ({numbers}) ORDER BY i.run_no, d.dataset_no
                """)
            .ToLookup(d => d.Run, d => new DatasetUse
            {
                Name = d.Name,
                Digest = d.Digest,
                SourceType = d.SourceType,
                Source = d.Source,
                Schema = d.Schema,
                Profile = d.Profile,
                Tags = [.. tags[(d.Run, d.No)]],
            });
    }
}
