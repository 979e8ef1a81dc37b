using System.Data;
using Dapper;
using Flyball.Storage.Catalogs;
using Flyball.Training.Tracking.Search;

namespace Flyball.Training.Tracking;

/// <summary>Reads all points of a metric, in the order of time, step and value.</summary>
public sealed class MetricHistory(Catalog catalog)
{
    public const int Most = 25_000;

    private static readonly SortTerm[] Order =
    [
        new("m.at_ms", SortType.Integer), new("m.step", SortType.Integer), new("m.value", SortType.Real), new("m.is_nan", SortType.Integer),
    ];

    private const string Columns = "m.key, m.value, m.is_nan, m.at_ms, m.step, m.model_id, m.dataset_name, m.dataset_digest";

    /// <summary>One page of a run's points of a key.</summary>
    /// <exception cref="Engine.Problems.FlyballException">FLY3301: there is no such run. FLY3303: the page token is of another metric.</exception>
    public SearchPage<MetricPoint> Read(string runId, string key, int limit, string? pageToken) => catalog.Read(db =>
    {
        var run = RunRows.Find(db, runId) ?? throw TrackingProblems.NoRun(runId);
        var keys = new Keyset(Order, $"history\n{runId}\n{key}");
        var values = new DynamicParameters(new { run.RunNo, key });
        var after = keys.Place(pageToken) is { } place ? $"AND m.at_ms >= @after0 AND {keys.After(place, 0, values)}" : "";
        using var rows = db.ExecuteReader(
            $"SELECT {Columns} FROM tracking_metrics m WHERE m.run_no = @RunNo AND m.key = @key {after} ORDER BY {keys.OrderBy} LIMIT {limit + 1}", values);
        var points = Points(rows, null);
        return points.Count <= limit ? new SearchPage<MetricPoint>(points, null) : new SearchPage<MetricPoint>(points[..limit], keys.Token(PlaceOf(points[limit - 1])));
    });

    /// <summary>
    /// Points of a key in several runs between two steps, at most so many a run: then evenly thinned by step, the first and the last one kept.
    /// </summary>
    public IReadOnlyList<MetricPoint> ReadRuns(IReadOnlyList<string> runIds, string key, long? fromStep, long? toStep, int most) => catalog.Read(db =>
    {
        var all = new List<MetricPoint>();
        foreach (var runId in runIds)
        {
            var run = RunRows.Find(db, runId) ?? throw TrackingProblems.NoRun(runId);
            using var rows = db.ExecuteReader(
                $"""
                SELECT {Columns} FROM tracking_metrics m
                WHERE m.run_no = @RunNo AND m.key = @key AND m.step >= @from AND m.step <= @to
                ORDER BY m.step, m.at_ms, m.value LIMIT @Most
                """,
                new { run.RunNo, key, from = fromStep ?? long.MinValue, to = toStep ?? long.MaxValue, Most });
            all.AddRange(Thin(Points(rows, runId), most));
        }

        return all;
    });

    private static IReadOnlyList<object> PlaceOf(MetricPoint point) => [point.AtMs, point.Step, point.Value, point.IsNaN ? 1L : 0L];

    private static IEnumerable<MetricPoint> Thin(List<MetricPoint> points, int most) =>
        points.Count <= most || most < 2 ? points.Take(Math.Max(most, 1)) : Enumerable.Range(0, most).Select(i => points[(int)((long)i * (points.Count - 1) / (most - 1))]);

    private static List<MetricPoint> Points(IDataReader rows, string? runId)
    {
        var points = new List<MetricPoint>();
        while (rows.Read())
        {
            points.Add(RunRows.PointOf(rows, 0) with { RunId = runId });
        }

        return points;
    }
}
