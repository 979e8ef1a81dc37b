using System.Text.Json;
using Flyball.Training.Tracking;
using static Flyball.Server.Protocols.Mlflow.MlflowRoute;

namespace Flyball.Server.Protocols.Mlflow;

/// <summary>What runs log, and histories of metrics.</summary>
internal static class MetricRoutes
{
    private const int LargestBatch = 1_000_000;
    private const int MostRuns = 100;
    private const int UsualPoints = 2_500;

    public static IEnumerable<MlflowRoute> All { get; } =
    [
        Post("/runs/log-metric", "Log a metric", MetricAsync),
        Post("/runs/log-parameter", "Log a parameter", ParamAsync),
        Post("/runs/set-tag", "Tag a run", TagAsync),
        Post("/runs/log-batch", "Log metrics, parameters and tags, all or none", BatchAsync),
        Get("/metrics/get-history", "All points of a metric", History),
        Get("/metrics/get-history-bulk", "All points of a metric in several runs", Bulk),
        Get("/metrics/get-history-bulk-interval", "Points of a metric in several runs, thinned evenly", Interval),
    ];

    private static async Task<MlflowAnswer> MetricAsync(MlflowCall call)
    {
        var run = RunRoutes.IdOf(call);
        var key = call.Required("key");
        var (value, isNaN) = MetricPoint.Stored(call.RequiredReal("value"));
        var point = new MetricPoint
        {
            Key = key,
            Value = value,
            IsNaN = isNaN,
            AtMs = NotNegative(call.Whole("timestamp") ?? throw MlflowException.Missing("timestamp"), "timestamp"),
            Step = call.Whole("step") ?? 0,
            ModelId = call.Text("model_id"),
            DatasetName = call.Text("dataset_name"),
            DatasetDigest = call.Text("dataset_digest"),
        };
        await call.Tracking.Log.WriteAsync(run, RunBatch.OfMetric(point), call.Stop);
        return MlflowAnswer.Done;
    }

    private static Task<MlflowAnswer> ParamAsync(MlflowCall call) =>
        ExperimentRoutes.DoneAsync(call.Tracking.Log.WriteAsync(RunRoutes.IdOf(call), RunBatch.OfParam(new KeyText(call.Required("key"), call.Text("value") ?? "")), call.Stop));

    private static Task<MlflowAnswer> TagAsync(MlflowCall call) =>
        ExperimentRoutes.DoneAsync(call.Tracking.Log.WriteAsync(RunRoutes.IdOf(call), RunBatch.OfTag(new KeyText(call.Required("key"), call.Text("value") ?? "")), call.Stop));

    private static Task<MlflowAnswer> BatchAsync(MlflowCall call)
    {
        if (call.Length > LargestBatch)
        {
            throw MlflowException.Invalid($"Batched logging API requests must be at most {LargestBatch} bytes, got one of size {call.Length}.");
        }

        var run = RunRoutes.IdOf(call);
        var metrics = call.Items("metrics").Select(Point).ToList();
        return ExperimentRoutes.DoneAsync(call.Tracking.Log.WriteAsync(run, new RunBatch(metrics, call.Pairs("params"), call.Pairs("tags")), call.Stop));
    }

    private static MetricPoint Point(JsonElement item, int index)
    {
        var key = Member(item, "key", index, out var name) ? MlflowValue.Text(name, Path("key")) : "";
        var (value, isNaN) = MetricPoint.Stored(Member(item, "value", index, out var number) ? MlflowValue.Real(number, Path("value")) : throw MlflowException.Missing(Path("value")));
        return new MetricPoint
        {
            Key = key.Length > 0 ? key : throw MlflowException.Missing(Path("key")),
            Value = value,
            IsNaN = isNaN,
            AtMs = NotNegative(Member(item, "timestamp", index, out var at) ? MlflowValue.Whole(at, Path("timestamp")) : throw MlflowException.Missing(Path("timestamp")), Path("timestamp")),
            Step = Member(item, "step", index, out var step) ? MlflowValue.Whole(step, Path("step")) : 0,
            ModelId = MlflowCall.TextOf(item, "model_id", "metrics.model_id"),
            DatasetName = MlflowCall.TextOf(item, "dataset_name", "metrics.dataset_name"),
            DatasetDigest = MlflowCall.TextOf(item, "dataset_digest", "metrics.dataset_digest"),
        };

        string Path(string member) => $"metrics[{index}].{member}";
    }

    private static bool Member(JsonElement item, string name, int index, out JsonElement value) =>
        item.ValueKind == JsonValueKind.Object ? MlflowCall.TryMember(item, name, out value) : throw MlflowException.Invalid($"metrics[{index}]", item.GetRawText());

    private static long NotNegative(long at, string name) => at >= 0 ? at : throw MlflowException.Invalid(name, MlflowJson.Text(at), "a time is not before 1970");

    private static MlflowAnswer History(MlflowCall call)
    {
        var run = RunRoutes.IdOf(call);
        var page = call.Tracking.History.Read(run, call.Required("metric_key"), call.Limit(MetricHistory.Most, MetricHistory.Most), call.Text("page_token"));
        return new MlflowAnswer(json =>
        {
            MlflowJson.List(json, "metrics", page.Found, MlflowJson.Metric);
            MlflowJson.Given(json, "next_page_token", page.NextPage);
        });
    }

    private static MlflowAnswer Bulk(MlflowCall call)
    {
        var points = call.Tracking.History.ReadRuns(RunsOf(call, "run_id"), call.Required("metric_key"), null, null, call.Limit(MetricHistory.Most, MetricHistory.Most));
        return new MlflowAnswer(json =>
        {
            json.WriteStartArray("metrics");
            foreach (var point in points)
            {
                MlflowJson.Metric(json, point);
            }

            json.WriteEndArray();
        });
    }

    private static MlflowAnswer Interval(MlflowCall call)
    {
        var points = call.Tracking.History.ReadRuns(
            RunsOf(call, "run_ids"), call.Required("metric_key"), call.Whole("start_step"), call.Whole("end_step"), call.Limit(UsualPoints, UsualPoints));
        return new MlflowAnswer(json => MlflowJson.List(json, "metrics", points, MlflowJson.Metric));
    }

    private static IReadOnlyList<string> RunsOf(MlflowCall call, string name) =>
        call.Texts(name) is { Count: > 0 } runs ? runs.Count <= MostRuns ? runs : throw MlflowException.Invalid($"'{name}' holds {runs.Count} runs, and the most are {MostRuns}.")
        : throw MlflowException.Missing(name);
}
