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

    public static void Dropped() => LogDropped.Add(1);
}
