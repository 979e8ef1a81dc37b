using System.Data;
using System.Globalization;
using Dapper;
using Flyball.Storage.Catalogs;
using Flyball.Training.Artifacts;

namespace Flyball.Training.Tracking;

/// <summary>Experiments and their tags. A name stays taken when its experiment is deleted.</summary>
public sealed class ExperimentStore(Catalog catalog, TimeProvider time)
{
    internal const string Columns =
        "e.experiment_id AS ExperimentId, e.name AS Name, e.artifact_location AS ArtifactLocation, e.lifecycle AS Lifecycle, e.created_ms AS CreatedMs, e.updated_ms AS UpdatedMs";

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <returns>The new experiment's id.</returns>
    public async Task<long> CreateAsync(string name, string? location, IReadOnlyList<KeyText> tags, RequestMark? mark, CancellationToken ct)
    {
        CheckName(name, "name");
        foreach (var tag in tags)
        {
            CheckTag(tag);
        }

        var checkedLocation = string.IsNullOrEmpty(location) ? null : ArtifactUri.CheckLocation(location);
        var id = await catalog.WriteAsync(
            (db, tx) => RequestMark.Once(db, tx, mark, () => Insert(db, tx, name, checkedLocation, tags).ToString(CultureInfo.InvariantCulture)),
            ct);
        return long.Parse(id, CultureInfo.InvariantCulture);
    }

    public TrackedExperiment Get(long id) => catalog.Read(db => One(db, "e.experiment_id = @id", new { id })) ?? throw TrackingProblems.NoExperiment(Text(id));

    /// <summary>Null when there is none, active or deleted.</summary>
    public TrackedExperiment? Find(string name) => catalog.Read(db => One(db, "e.name = @name", new { name }));

    /// <summary>Deletes it with its runs; both can be restored.</summary>
    public Task DeleteAsync(long id, CancellationToken ct) => MoveAsync(id, Lifecycle.Active, Lifecycle.Deleted, ct);

    public Task RestoreAsync(long id, CancellationToken ct) => MoveAsync(id, Lifecycle.Deleted, Lifecycle.Active, ct);

    public Task RenameAsync(long id, string name, CancellationToken ct)
    {
        CheckName(name, "new_name");
        return catalog.WriteAsync(
            (db, tx) =>
            {
                if (StateOf(db, tx, id) != Lifecycle.Active)
                {
                    throw TrackingProblems.WrongState("Cannot rename a non-active experiment.");
                }

                RefuseTaken(db, tx, name, except: id);
                return db.Execute("UPDATE tracking_experiments SET name = @name, updated_ms = @now WHERE experiment_id = @id", new { id, name, now = Now }, tx);
            },
            ct);
    }

    public Task SetTagAsync(long id, KeyText tag, CancellationToken ct)
    {
        CheckTag(tag);
        return catalog.WriteAsync(
            (db, tx) =>
            {
                RequireActive(db, tx, id);
                Tag(db, tx, id, tag);
                return Touch(db, tx, id);
            },
            ct);
    }

    public Task DeleteTagAsync(long id, string key, CancellationToken ct) => catalog.WriteAsync(
        (db, tx) =>
        {
            RequireActive(db, tx, id);
            return db.Execute("DELETE FROM tracking_experiment_tags WHERE experiment_id = @id AND key = @key", new { id, key }, tx) == 1
                ? Touch(db, tx, id)
                : throw TrackingProblems.NotFound($"No tag with name: {key} in experiment with id {id}");
        },
        ct);

    /// <summary>The datasets that runs of these experiments read, with what they were used for; at most 1,000.</summary>
    public IReadOnlyList<(long ExperimentId, string Name, string Digest, string? Context)> Datasets(IReadOnlyList<long> experiments) => catalog.Read(db =>
        db.Query<(long, string, string, string?)>(
            """
            SELECT DISTINCT d.experiment_id, d.name, d.digest, t.value
            FROM tracking_datasets d
            JOIN tracking_inputs i ON i.dataset_no = d.dataset_no
            JOIN tracking_runs r ON r.run_no = i.run_no AND r.lifecycle = 'active'
            LEFT JOIN tracking_input_tags t ON t.run_no = i.run_no AND t.dataset_no = i.dataset_no AND t.key = 'mlflow.data.context'
            WHERE d.experiment_id IN @experiments
            ORDER BY 1, 2, 3, 4 LIMIT 1000
            """,
            new { experiments }).AsList());

    /// <summary>Adds the tags to rows of experiments.</summary>
    internal static IReadOnlyList<TrackedExperiment> WithTags(IDbConnection db, IReadOnlyList<TrackedExperiment> rows)
    {
        var tags = db.Query<(long Id, string Key, string Value)>(
                "SELECT experiment_id, key, value FROM tracking_experiment_tags WHERE experiment_id IN @ids ORDER BY experiment_id, key", new { ids = rows.Select(r => r.ExperimentId) })
            .ToLookup(t => t.Id, t => new KeyText(t.Key, t.Value));
        return [.. rows.Select(r => r with { Tags = [.. tags[r.ExperimentId]] })];
    }

    internal static void RequireActive(IDbConnection db, IDbTransaction tx, long id)
    {
        if (StateOf(db, tx, id) != Lifecycle.Active)
        {
            throw TrackingProblems.Wrong("experiment_id", $"The experiment {id} must be in the 'active' state. Current state is deleted.");
        }
    }

    private static string StateOf(IDbConnection db, IDbTransaction tx, long id) =>
        db.QueryFirstOrDefault<string>("SELECT lifecycle FROM tracking_experiments WHERE experiment_id = @id", new { id }, tx) ?? throw TrackingProblems.NoExperiment(Text(id));

    private static TrackedExperiment? One(IDbConnection db, string condition, object values) =>
        db.QueryFirstOrDefault<TrackedExperiment>($"SELECT {Columns} FROM tracking_experiments e WHERE {condition}", values) is { } row ? WithTags(db, [row])[0] : null;

    private static void CheckName(string name, string field)
    {
        TrackingLimits.CheckLength(field, name, TrackingLimits.ExperimentName);
        if (name.Any(char.IsControl))
        {
            throw TrackingProblems.Wrong(field, $"Invalid value for parameter '{field}' supplied: a name has no control characters.");
        }
    }

    private static void CheckTag(KeyText tag)
    {
        TrackingLimits.CheckKey("Tag", tag.Key, "key");
        TrackingLimits.CheckLength("value", tag.Value, TrackingLimits.ExperimentTagValue);
    }

    private static void RefuseTaken(IDbConnection db, IDbTransaction tx, string name, long except)
    {
        var taken = db.QueryFirstOrDefault<(long Id, string Lifecycle)?>("SELECT experiment_id, lifecycle FROM tracking_experiments WHERE name = @name AND experiment_id <> @except", new { name, except }, tx);
        if (taken is { } by)
        {
            throw TrackingProblems.Exists(by.Lifecycle == Lifecycle.Deleted
                ? $"Experiment(name={name}) already exists. It is deleted: restore it, or take another name."
                : $"Experiment(name={name}) already exists.");
        }
    }

    private static void Tag(IDbConnection db, IDbTransaction tx, long id, KeyText tag) => db.Execute(
        "INSERT INTO tracking_experiment_tags (experiment_id, key, value) VALUES (@id, @Key, @Value) ON CONFLICT (experiment_id, key) DO UPDATE SET value = excluded.value",
        new { id, tag.Key, tag.Value },
        tx);

    private static string Text(long id) => id.ToString(CultureInfo.InvariantCulture);

    private int Touch(IDbConnection db, IDbTransaction tx, long id) =>
        db.Execute("UPDATE tracking_experiments SET updated_ms = @now WHERE experiment_id = @id", new { id, now = Now }, tx);

    private long Insert(IDbConnection db, IDbTransaction tx, string name, string? location, IReadOnlyList<KeyText> tags)
    {
        RefuseTaken(db, tx, name, except: -1);
        var id = db.ExecuteScalar<long>("SELECT COALESCE(MAX(experiment_id), 0) + 1 FROM tracking_experiments", transaction: tx);
        db.Execute(
            "INSERT INTO tracking_experiments (experiment_id, name, artifact_location, lifecycle, created_ms, updated_ms) VALUES (@id, @name, @location, 'active', @now, @now)",
            new { id, name, location = location ?? ArtifactUri.Of(Text(id)), now = Now },
            tx);
        foreach (var tag in tags)
        {
            Tag(db, tx, id, tag);
        }

        return id;
    }

    private Task<int> MoveAsync(long id, string from, string to, CancellationToken ct) => catalog.WriteAsync(
        (db, tx) =>
        {
            if (StateOf(db, tx, id) != from)
            {
                // Said by clients' own tests as an absence: it is not there in that state.
                throw TrackingProblems.NotFound($"No Experiment with id={id} exists in the {from} state");
            }

            db.Execute("UPDATE tracking_experiments SET lifecycle = @to, updated_ms = @now WHERE experiment_id = @id", new { id, to, now = Now }, tx);
            return db.Execute("UPDATE tracking_runs SET lifecycle = @to WHERE experiment_id = @id", new { id, to }, tx);
        },
        ct);
}
