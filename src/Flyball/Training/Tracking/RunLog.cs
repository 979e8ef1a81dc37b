using System.Data;
using System.Globalization;
using Flyball.Storage.Catalogs;

namespace Flyball.Training.Tracking;

/// <summary>
/// Writes what runs log: parameters once, tags as often as wanted, metrics as a set of points. A batch is one transaction; batches that come
/// together share a sync. Durable when the task completes.
/// </summary>
public sealed class RunLog(Catalog catalog)
{
    private static readonly PreparedStatement PutParam = new(
        "INSERT INTO tracking_params (run_no, key, value, start_ms) VALUES (@run, @key, @value, (SELECT r.start_ms FROM tracking_runs r WHERE r.run_no = @run)) ON CONFLICT (run_no, key) DO NOTHING",
        "run", "key", "value");

    private static readonly PreparedStatement ParamOf = new("SELECT value FROM tracking_params WHERE run_no = @run AND key = @key", "run", "key");

    private static readonly PreparedStatement PutPoint = new(
        """
        INSERT INTO tracking_metrics (run_no, key, at_ms, step, value, is_nan, model_id, dataset_name, dataset_digest)
        VALUES (@run, @key, @at, @step, @value, @nan, @model, @name, @digest)
        ON CONFLICT (run_no, key, at_ms, step, value, is_nan) DO NOTHING
        """,
        "run", "key", "at", "step", "value", "nan", "model", "name", "digest");

    private static readonly PreparedStatement PutLatest = new(
        """
        INSERT INTO tracking_latest (run_no, key, at_ms, step, value, is_nan, model_id, dataset_name, dataset_digest)
        VALUES (@run, @key, @at, @step, @value, @nan, @model, @name, @digest)
        ON CONFLICT (run_no, key) DO UPDATE SET at_ms = excluded.at_ms, step = excluded.step, value = excluded.value, is_nan = excluded.is_nan,
          model_id = excluded.model_id, dataset_name = excluded.dataset_name, dataset_digest = excluded.dataset_digest
        WHERE (excluded.step, excluded.at_ms, excluded.value) > (tracking_latest.step, tracking_latest.at_ms, tracking_latest.value)
        """,
        "run", "key", "at", "step", "value", "nan", "model", "name", "digest");

    private static readonly PreparedStatement PutModelMetric = new(
        """
        INSERT INTO tracking_model_metrics (model_no, key, run_id, dataset_name, dataset_digest, at_ms, step, value, is_nan)
        SELECT m.model_no, @key, @run, @name, @digest, @at, @step, @value, @nan FROM tracking_models m WHERE m.model_id = @model AND m.lifecycle = 'active'
        ON CONFLICT (model_no, key, run_id, dataset_name, dataset_digest) DO UPDATE SET at_ms = excluded.at_ms, step = excluded.step, value = excluded.value, is_nan = excluded.is_nan
        WHERE (excluded.step, excluded.at_ms, excluded.value) > (tracking_model_metrics.step, tracking_model_metrics.at_ms, tracking_model_metrics.value)
        """,
        "model", "key", "run", "name", "digest", "at", "step", "value", "nan");

    /// <summary>Writes all of it or nothing.</summary>
    /// <exception cref="Engine.Problems.FlyballException">FLY3301, FLY3303: no such run, or it is deleted. FLY3303: too much, a bad key, or a parameter that had another value.</exception>
    public Task WriteAsync(string runId, RunBatch batch, CancellationToken ct)
    {
        var good = Checked(batch);
        var latest = Latest(good.Metrics);
        return catalog.WriteAsync(
            (db, tx) =>
            {
                var run = RunRows.RequireActive(db, tx, runId);
                WriteParams(db, tx, run, runId, good.Params);
                foreach (var point in good.Metrics)
                {
                    PutPoint.Execute(db, tx, run, point.Key, point.AtMs, point.Step, point.Value, point.IsNaN ? 1L : 0L, point.ModelId, point.DatasetName, point.DatasetDigest);
                    if (point.ModelId is { } model)
                    {
                        PutModelMetric.Execute(db, tx, model, point.Key, runId, point.DatasetName ?? "", point.DatasetDigest ?? "", point.AtMs, point.Step, point.Value, point.IsNaN ? 1L : 0L);
                    }
                }

                foreach (var point in latest)
                {
                    PutLatest.Execute(db, tx, run, point.Key, point.AtMs, point.Step, point.Value, point.IsNaN ? 1L : 0L, point.ModelId, point.DatasetName, point.DatasetDigest);
                }

                foreach (var tag in good.Tags)
                {
                    RunRows.SetTag(db, tx, run, tag);
                }

                return 0;
            },
            ct);
    }

    private static void WriteParams(IDbConnection db, IDbTransaction tx, long run, string runId, IReadOnlyList<KeyText> given)
    {
        foreach (var param in given)
        {
            if (PutParam.Execute(db, tx, run, param.Key, param.Value) == 1)
            {
                continue;
            }

            using var row = ParamOf.Query(db, tx, run, param.Key);
            row.Read();
            var before = row.GetString(0);
            if (before != param.Value)
            {
                throw TrackingProblems.Wrong(
                    "params",
                    $"Changing param values is not allowed. Param with key='{param.Key}' was already logged with value='{before}' for run ID='{runId}'. Attempted logging new value '{param.Value}'.");
            }
        }
    }

    /// <summary>The latest of each key in the batch: only it can be the run's latest.</summary>
    private static IReadOnlyList<MetricPoint> Latest(IReadOnlyList<MetricPoint> points)
    {
        if (points.Count < 2)
        {
            return points;
        }

        var latest = new Dictionary<string, MetricPoint>(StringComparer.Ordinal);
        foreach (var point in points)
        {
            if (!latest.TryGetValue(point.Key, out var before) || point.IsAfter(before))
            {
                latest[point.Key] = point;
            }
        }

        return [.. latest.Values];
    }

    private static RunBatch Checked(RunBatch batch)
    {
        Bound("metrics", batch.Metrics.Count, RunBatch.MostMetrics);
        Bound("params", batch.Params.Count, RunBatch.MostParams);
        Bound("tags", batch.Tags.Count, RunBatch.MostTags);
        var all = batch.Metrics.Count + batch.Params.Count + batch.Tags.Count;
        if (all > RunBatch.MostInAll)
        {
            throw TrackingProblems.Wrong("metrics", string.Create(CultureInfo.InvariantCulture, $"A batch logging request can contain at most {RunBatch.MostInAll} metrics, params, and tags in total. Got {all}."));
        }

        for (var i = 0; i < batch.Metrics.Count; i++)
        {
            TrackingLimits.CheckKey("Metric", batch.Metrics[i].Key, Path("metrics", i, batch.Metrics.Count, "key"));
        }

        List<KeyText> given = [.. batch.Params.Select((p, i) => TrackingLimits.Param(p, Path("params", i, batch.Params.Count, "key")))];
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var param in given)
        {
            if (!seen.Add(param.Key))
            {
                throw TrackingProblems.Wrong("params", $"Duplicate parameter keys have been submitted: ['{param.Key}']. Please ensure the request contains only one param value per param key.");
            }
        }

        return batch with { Params = given, Tags = [.. batch.Tags.Select((t, i) => TrackingLimits.Tag(t, Path("tags", i, batch.Tags.Count, "key")))] };
    }

    private static string Path(string list, int index, int count, string member) =>
        count == 1 ? member : string.Create(CultureInfo.InvariantCulture, $"{list}[{index}].{member}");

    private static void Bound(string what, int count, int most)
    {
        if (count > most)
        {
            throw TrackingProblems.Wrong(what, string.Create(CultureInfo.InvariantCulture, $"A batch logging request can contain at most {most} {what}. Got {count} {what}. Please split up {what} across multiple requests and try again."));
        }
    }
}
