using System.Buffers;
using System.Data;
using System.Globalization;
using Dapper;
using Flyball.Storage.Catalogs;
using Flyball.Training.Artifacts;

namespace Flyball.Training.Tracking;

/// <summary>Logged models. A deleted one is not found any more; its artifacts stay until they are collected.</summary>
public sealed class LoggedModelStore(Catalog catalog, TimeProvider time, TrackingIds ids)
{
    internal const string Columns =
        "m.model_no AS ModelNo, m.model_id AS ModelId, m.experiment_id AS ExperimentId, m.name AS Name, m.model_type AS ModelType, m.source_run_id AS SourceRunId, "
        + "m.status AS Status, m.artifact_uri AS ArtifactUri, m.lifecycle AS Lifecycle, m.created_ms AS CreatedMs, m.updated_ms AS UpdatedMs";

    private const int LongestName = 500;

    private static readonly SearchValues<char> Forbidden = SearchValues.Create("/:.%\"'");

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    public async Task<LoggedModel> CreateAsync(NewLoggedModel model, RequestMark? mark, CancellationToken ct)
    {
        var name = string.IsNullOrEmpty(model.Name) ? ids.Name() : model.Name;
        CheckName(name);
        var given = CheckedParams(model.Params);
        var tags = CheckedTags(model.Tags);
        var newId = ids.Model();
        var id = await catalog.WriteAsync(
            (db, tx) => RequestMark.Once(db, tx, mark, () =>
            {
                var no = Insert(db, tx, newId, name, model);
                PutParams(db, tx, no, newId, given);
                PutTags(db, tx, no, tags);
                return newId;
            }),
            ct);
        return Get(id);
    }

    /// <exception cref="Engine.Problems.FlyballException">FLY3301: there is none, or it was deleted.</exception>
    public LoggedModel Get(string modelId) => Find(modelId) ?? throw TrackingProblems.NoModel(modelId);

    /// <summary>Null when there is none, or it was deleted.</summary>
    public LoggedModel? Find(string modelId) => catalog.Read(db =>
        db.QueryFirstOrDefault<LoggedModel>($"SELECT {Columns} FROM tracking_models m WHERE m.model_id = @modelId AND m.lifecycle = 'active'", new { modelId }) is { } row ? WithAll(db, [row])[0] : null);

    /// <param name="modelId">Which.</param>
    /// <param name="status">One of <see cref="LoggedModelStatus"/> but the first two: an upload only ends.</param>
    public async Task<LoggedModel> FinishAsync(string modelId, string status, CancellationToken ct)
    {
        await ChangeAsync(modelId, (db, tx, no) => db.Execute("UPDATE tracking_models SET status = @status WHERE model_no = @no", new { no, status }, tx), ct);
        return Get(modelId);
    }

    public Task DeleteAsync(string modelId, CancellationToken ct) =>
        ChangeAsync(modelId, (db, tx, no) => db.Execute("UPDATE tracking_models SET lifecycle = 'deleted' WHERE model_no = @no", new { no }, tx), ct);

    public async Task<LoggedModel> SetTagsAsync(string modelId, IReadOnlyList<KeyText> tags, CancellationToken ct)
    {
        var good = CheckedTags(tags);
        await ChangeAsync(modelId, (db, tx, no) => PutTags(db, tx, no, good), ct);
        return Get(modelId);
    }

    public Task DeleteTagAsync(string modelId, string key, CancellationToken ct) => ChangeAsync(
        modelId,
        (db, tx, no) => db.Execute("DELETE FROM tracking_model_tags WHERE model_no = @no AND key = @key", new { no, key }, tx) == 1
            ? 1
            : throw TrackingProblems.NotFound($"No tag with key '{key}' found for model with ID '{modelId}'."),
        ct);

    /// <summary>Adds parameters; one that is there keeps its value.</summary>
    public async Task<LoggedModel> AddParamsAsync(string modelId, IReadOnlyList<KeyText> given, CancellationToken ct)
    {
        var good = CheckedParams(given);
        await ChangeAsync(modelId, (db, tx, no) => PutParams(db, tx, no, modelId, good), ct);
        return Get(modelId);
    }

    /// <summary>Adds metrics, parameters and tags. Cost: three queries, however many models.</summary>
    internal static IReadOnlyList<LoggedModel> WithAll(IDbConnection db, IReadOnlyList<LoggedModel> models)
    {
        if (models.Count == 0)
        {
            return [];
        }

        // Numbers, made here: no text of a caller is in the statement.
        var numbers = string.Join(',', models.Select(m => m.ModelNo));
        var given = Texts(db, "tracking_model_params", numbers);
        var tags = Texts(db, "tracking_model_tags", numbers);
        var metrics = db.Query<(long No, string Key, string Run, string Name, string Digest, long At, long Step, double Value, long NaN)>(
                $"SELECT model_no, key, run_id, dataset_name, dataset_digest, at_ms, step, value, is_nan FROM tracking_model_metrics WHERE model_no IN ({numbers}) ORDER BY 1, 2, 3, 4, 5")
            .ToLookup(m => m.No);
        return
        [
            .. models.Select(model => model with
            {
                Params = [.. given[model.ModelNo]],
                Tags = [.. tags[model.ModelNo]],
                Metrics =
                [
                    .. metrics[model.ModelNo].Select(m => new MetricPoint
                    {
                        Key = m.Key, Value = m.Value, IsNaN = m.NaN != 0, AtMs = m.At, Step = m.Step, ModelId = model.ModelId, RunId = m.Run,
                        DatasetName = m.Name.Length == 0 ? null : m.Name, DatasetDigest = m.Digest.Length == 0 ? null : m.Digest,
                    }),
                ],
            }),
        ];
    }

    private static ILookup<long, KeyText> Texts(IDbConnection db, string table, string numbers) =>
        db.Query<(long No, string Key, string Value)>($"SELECT model_no, key, value FROM {table} WHERE model_no IN ({numbers}) ORDER BY model_no, key")
            .ToLookup(t => t.No, t => new KeyText(t.Key, t.Value));

    private static List<KeyText> CheckedTags(IReadOnlyList<KeyText> tags) => [.. tags.Select((t, i) => TrackingLimits.Tag(t, $"tags[{i}].key"))];

    private static List<KeyText> CheckedParams(IReadOnlyList<KeyText> given) => [.. given.Select((p, i) => TrackingLimits.Param(p, $"params[{i}].key"))];

    private static void CheckName(string name)
    {
        TrackingLimits.CheckLength("name", name, LongestName);
        if (name.AsSpan().IndexOfAny(Forbidden) >= 0 || name.Any(char.IsControl))
        {
            throw TrackingProblems.Wrong("name", "Invalid model name: a logged model's name has none of / : . % \" ' and no control characters.");
        }
    }

    private static int PutTags(IDbConnection db, IDbTransaction tx, long no, IReadOnlyList<KeyText> tags) => tags.Sum(t => db.Execute(
        "INSERT INTO tracking_model_tags (model_no, key, value) VALUES (@no, @Key, @Value) ON CONFLICT (model_no, key) DO UPDATE SET value = excluded.value", new { no, t.Key, t.Value }, tx));

    private static int PutParams(IDbConnection db, IDbTransaction tx, long no, string modelId, List<KeyText> given)
    {
        foreach (var param in given)
        {
            var before = db.QueryFirstOrDefault<string>("SELECT value FROM tracking_model_params WHERE model_no = @no AND key = @Key", new { no, param.Key }, tx);
            if (before is null)
            {
                db.Execute("INSERT INTO tracking_model_params (model_no, key, value) VALUES (@no, @Key, @Value)", new { no, param.Key, param.Value }, tx);
            }
            else if (before != param.Value)
            {
                throw TrackingProblems.Wrong("params", $"Changing param values is not allowed. Param with key='{param.Key}' was already logged for model ID='{modelId}'.");
            }
        }

        return given.Count;
    }

    private long Insert(IDbConnection db, IDbTransaction tx, string id, string name, NewLoggedModel model)
    {
        ExperimentStore.RequireActive(db, tx, model.ExperimentId);
        var location = db.ExecuteScalar<string>("SELECT artifact_location FROM tracking_experiments WHERE experiment_id = @ExperimentId", model, tx)!;
        var no = db.ExecuteScalar<long>("SELECT COALESCE(MAX(model_no), 0) + 1 FROM tracking_models", transaction: tx);
        db.Execute(
            """
            INSERT INTO tracking_models (model_no, model_id, experiment_id, name, model_type, source_run_id, status, artifact_uri, lifecycle, created_ms, updated_ms)
            VALUES (@no, @id, @ExperimentId, @name, @type, @run, @status, @uri, 'active', @now, @now)
            """,
            new
            {
                no, id, model.ExperimentId, name, type = model.ModelType ?? "", run = model.SourceRunId ?? "", status = LoggedModelStatus.Pending,
                uri = ArtifactUri.Below(location, string.Create(CultureInfo.InvariantCulture, $"models/{id}/artifacts")), now = Now,
            },
            tx);
        return no;
    }

    private Task<int> ChangeAsync(string modelId, Func<IDbConnection, IDbTransaction, long, int> change, CancellationToken ct) => catalog.WriteAsync(
        (db, tx) =>
        {
            var no = db.QueryFirstOrDefault<long?>("SELECT model_no FROM tracking_models WHERE model_id = @modelId AND lifecycle = 'active'", new { modelId }, tx) ?? throw TrackingProblems.NoModel(modelId);
            change(db, tx, no);
            return db.Execute("UPDATE tracking_models SET updated_ms = @now WHERE model_no = @no", new { no, now = Now }, tx);
        },
        ct);
}
