using System.Data;
using Dapper;
using Flyball.Storage.Catalogs;

namespace Flyball.Training.Tracking;

/// <summary>Notes which datasets and logged models a run read, and which models it made. Noting it again changes nothing.</summary>
public sealed class RunInputs(Catalog catalog)
{
    private const int LongestName = 500;
    private const int LongestDigest = 36;
    private const int LongestSource = 65_535;
    private const int LongestSchema = 1_048_575;
    private const int LongestProfile = 16_777_215;
    private const int LongestTagKey = 255;
    private const int LongestTagValue = 500;

    public Task AddAsync(string runId, IReadOnlyList<DatasetUse> datasets, IReadOnlyList<string> models, CancellationToken ct)
    {
        for (var i = 0; i < datasets.Count; i++)
        {
            Check(datasets[i], $"datasets[{i}]");
        }

        return catalog.WriteAsync(
            (db, tx) =>
            {
                var run = RunRows.RequireActive(db, tx, runId);
                foreach (var dataset in datasets)
                {
                    Note(db, tx, run, dataset);
                }

                return models.Sum(m => Link(db, tx, run, "input", new RunModel(m, 0)));
            },
            ct);
    }

    public Task AddOutputsAsync(string runId, IReadOnlyList<RunModel> models, CancellationToken ct) => catalog.WriteAsync(
        (db, tx) =>
        {
            var run = RunRows.RequireActive(db, tx, runId);
            return models.Sum(m => Link(db, tx, run, "output", m));
        },
        ct);

    private static int Link(IDbConnection db, IDbTransaction tx, long run, string direction, RunModel model)
    {
        if (db.ExecuteScalar<long>("SELECT COUNT(*) FROM tracking_models WHERE model_id = @ModelId AND lifecycle = 'active'", model, tx) == 0)
        {
            throw TrackingProblems.NoModel(model.ModelId);
        }

        return db.Execute(
            "INSERT INTO tracking_run_models (run_no, direction, model_id, step) VALUES (@run, @direction, @ModelId, @Step) ON CONFLICT (run_no, direction, model_id) DO NOTHING",
            new { run, direction, model.ModelId, model.Step },
            tx);
    }

    private static void Note(IDbConnection db, IDbTransaction tx, long run, DatasetUse dataset)
    {
        var experiment = db.ExecuteScalar<long>("SELECT experiment_id FROM tracking_runs WHERE run_no = @run", new { run }, tx);
        db.Execute(
            """
            INSERT INTO tracking_datasets (dataset_no, experiment_id, name, digest, source_type, source, schema, profile)
            SELECT COALESCE(MAX(dataset_no), 0) + 1, @experiment, @Name, @Digest, @SourceType, @Source, @Schema, @Profile FROM tracking_datasets WHERE 1 = 1
            ON CONFLICT (experiment_id, name, digest) DO NOTHING
            """,
            new { experiment, dataset.Name, dataset.Digest, dataset.SourceType, dataset.Source, dataset.Schema, dataset.Profile },
            tx);
        var no = db.ExecuteScalar<long>("SELECT dataset_no FROM tracking_datasets WHERE experiment_id = @experiment AND name = @Name AND digest = @Digest", new { experiment, dataset.Name, dataset.Digest }, tx);
        db.Execute("INSERT INTO tracking_inputs (run_no, dataset_no) VALUES (@run, @no) ON CONFLICT (run_no, dataset_no) DO NOTHING", new { run, no }, tx);
        foreach (var tag in dataset.Tags)
        {
            db.Execute(
                "INSERT INTO tracking_input_tags (run_no, dataset_no, key, value) VALUES (@run, @no, @Key, @Value) ON CONFLICT (run_no, dataset_no, key) DO UPDATE SET value = excluded.value",
                new { run, no, tag.Key, tag.Value },
                tx);
        }
    }

    private static void Check(DatasetUse dataset, string field)
    {
        TrackingLimits.CheckLength($"{field}.dataset.name", dataset.Name, LongestName);
        TrackingLimits.CheckLength($"{field}.dataset.digest", dataset.Digest, LongestDigest);
        TrackingLimits.CheckLength($"{field}.dataset.source", dataset.Source, LongestSource);
        TrackingLimits.CheckLength($"{field}.dataset.schema", dataset.Schema, LongestSchema);
        TrackingLimits.CheckLength($"{field}.dataset.profile", dataset.Profile, LongestProfile);
        for (var i = 0; i < dataset.Tags.Count; i++)
        {
            TrackingLimits.CheckLength($"{field}.tags[{i}].key", dataset.Tags[i].Key, LongestTagKey);
            TrackingLimits.CheckLength($"{field}.tags[{i}].value", dataset.Tags[i].Value, LongestTagValue);
        }
    }
}
