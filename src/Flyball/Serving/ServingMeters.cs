using System.Diagnostics.Metrics;
using Flyball.Serving.Admission;

namespace Flyball.Serving;

/// <summary>Serving's metrics. Labels are model, version and outcome: bounded by what is deployed, never by what is asked.</summary>
internal static class ServingMeters
{
    private static readonly Meter Meter = new("Flyball.Serving");
    private static readonly Counter<long> Predictions = Meter.CreateCounter<long>("flyball_predictions", description: "Predictions by model, version and rung.");
    private static readonly Counter<long> Failures = Meter.CreateCounter<long>("flyball_prediction_failures", description: "Failures of a version, by reason.");
    private static readonly Counter<long> Unanswered = Meter.CreateCounter<long>("flyball_predictions_unanswered", description: "Requests that no rung could answer.");
    private static readonly Counter<long> ShedWork = Meter.CreateCounter<long>("flyball_requests_shed", description: "Work that was refused because there was too much of it, by priority.");
    private static readonly Counter<long> Defaulted = Meter.CreateCounter<long>("flyball_request_fields_defaulted", description: "Fields of requests that took their declared values, by model and field.");
    private static readonly Counter<long> Ignored = Meter.CreateCounter<long>("flyball_request_fields_ignored", description: "Members of requests that are not in the contract and were passed over, by model.");
    private static readonly Counter<long> CacheHits = Meter.CreateCounter<long>("flyball_score_cache_hits", description: "Scores that were answered from memory, by model.");
    private static readonly Counter<long> CacheMisses = Meter.CreateCounter<long>("flyball_score_cache_misses", description: "Scores that were looked for in memory and had to be made, by model.");
    private static readonly Counter<double> CacheSaved = Meter.CreateCounter<double>("flyball_score_cache_saved_seconds", "s", "What making the scores that were answered from memory had cost, by model.");
    private static readonly Histogram<double> BatchRows = Meter.CreateHistogram<double>("flyball_score_batch_rows", description: "Rows of requests that were scored in one call, by model.");
    private static readonly Counter<double> BatchSaved = Meter.CreateCounter<double>("flyball_score_batch_saved_seconds", "s", "What scoring rows alone would have cost more than scoring them together did, by model.");
    private static readonly Counter<long> LogDropped = Meter.CreateCounter<long>("flyball_prediction_log_dropped", description: "Prediction records dropped because the queue was full.");
    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>("flyball_prediction_duration_seconds", "s", "Time from the parsed request to the answer.");

    public static void Answered(PredictionRecord record)
    {
        Predictions.Add(1, new("model", record.Model), new("version", record.Version), new("rung", RungNames.Of(record)));
        Duration.Record(record.LatencyMicros * 1e-6, new KeyValuePair<string, object?>("model", record.Model));
    }

    public static void VersionFailed(string model, int version, string reason) =>
        Failures.Add(1, new("model", model), new("version", version), new("reason", reason));

    public static void Failed(string model, bool late) => Unanswered.Add(1, new("model", model), new("reason", late ? "late" : "no_rung"));

    public static void Shed(string model, Priority priority, AdmissionOutcome outcome) =>
        ShedWork.Add(1, new("model", model), new("priority", priority switch { Priority.Live => "live", Priority.Shadow => "shadow", _ => "batch" }), new("reason", outcome == AdmissionOutcome.Late ? "late" : "overload"));

    /// <summary>Counts what was filled in and passed over in a request that was answered.</summary>
    public static void Filled(string model, in RequestRow row)
    {
        foreach (var field in row.Defaulted)
        {
            Defaulted.Add(1, new("model", model), new("field", field));
        }

        if (row.Ignored > 0)
        {
            Ignored.Add(row.Ignored, new KeyValuePair<string, object?>("model", model));
        }
    }

    /// <param name="micros">What making the score had cost.</param>
    public static void CacheHit(string model, double micros)
    {
        CacheHits.Add(1, new KeyValuePair<string, object?>("model", model));
        CacheSaved.Add(micros * 1e-6, new KeyValuePair<string, object?>("model", model));
    }

    public static void CacheMissed(string model) => CacheMisses.Add(1, new KeyValuePair<string, object?>("model", model));

    /// <param name="savedMicros">What the rows alone would have cost more; nothing is counted when they would have cost less.</param>
    public static void Batched(string model, int rows, double savedMicros)
    {
        BatchRows.Record(rows, new KeyValuePair<string, object?>("model", model));
        BatchSaved.Add(Math.Max(0, savedMicros) * 1e-6, new KeyValuePair<string, object?>("model", model));
    }

    public static void Dropped() => LogDropped.Add(1);
}
