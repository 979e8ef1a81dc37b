using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Flyball.Training.Artifacts;
using Flyball.Training.Tracking;

namespace Flyball.Server.Protocols.Mlflow;

/// <summary>Writes the protocol's messages: names in snake_case, whole numbers as numbers, what is unset or empty left out.</summary>
internal static class MlflowJson
{
    /// <summary>Quotes as they are: what is answered is no part of a page.</summary>
    public static JsonWriterOptions Plain { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Experiment(Utf8JsonWriter json, TrackedExperiment experiment)
    {
        json.WriteStartObject();
        json.WriteString("experiment_id", Text(experiment.ExperimentId));
        json.WriteString("name", experiment.Name);
        json.WriteString("artifact_location", experiment.ArtifactLocation);
        json.WriteString("lifecycle_stage", experiment.Lifecycle);
        json.WriteNumber("last_update_time", experiment.UpdatedMs);
        json.WriteNumber("creation_time", experiment.CreatedMs);
        Pairs(json, "tags", experiment.Tags);
        json.WriteEndObject();
    }

    public static void Run(Utf8JsonWriter json, TrackedRun run)
    {
        json.WriteStartObject();
        RunInfo(json, "info", run);
        json.WriteStartObject("data");
        List(json, "metrics", run.Metrics, Metric);
        Pairs(json, "params", run.Params);
        Pairs(json, "tags", run.Tags);
        json.WriteEndObject();
        json.WriteStartObject("inputs");
        List(json, "dataset_inputs", run.Datasets, Dataset);
        List(json, "model_inputs", run.ModelInputs, (j, m) => RunModel(j, m, hasStep: false));
        json.WriteEndObject();
        if (run.ModelOutputs.Count > 0)
        {
            json.WriteStartObject("outputs");
            List(json, "model_outputs", run.ModelOutputs, (j, m) => RunModel(j, m, hasStep: true));
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    public static void RunInfo(Utf8JsonWriter json, string name, TrackedRun run)
    {
        json.WriteStartObject(name);
        json.WriteString("run_uuid", run.RunId);
        json.WriteString("run_id", run.RunId);
        json.WriteString("run_name", run.Name);
        json.WriteString("experiment_id", Text(run.ExperimentId));
        json.WriteString("user_id", run.UserId);
        json.WriteString("status", run.Status);
        json.WriteNumber("start_time", run.StartMs);
        if (run.EndMs is { } end)
        {
            json.WriteNumber("end_time", end);
        }

        json.WriteString("artifact_uri", run.ArtifactUri);
        json.WriteString("lifecycle_stage", run.Lifecycle);
        json.WriteEndObject();
    }

    public static void Metric(Utf8JsonWriter json, MetricPoint point)
    {
        json.WriteStartObject();
        json.WriteString("key", point.Key);
        if (point.IsNaN)
        {
            json.WriteString("value", "NaN");
        }
        else
        {
            json.WriteNumber("value", point.Value);
        }

        json.WriteNumber("timestamp", point.AtMs);
        json.WriteNumber("step", point.Step);
        Given(json, "dataset_name", point.DatasetName);
        Given(json, "dataset_digest", point.DatasetDigest);
        Given(json, "model_id", point.ModelId);
        Given(json, "run_id", point.RunId);
        json.WriteEndObject();
    }

    /// <param name="json">The writer.</param>
    /// <param name="model">The model.</param>
    /// <param name="registrations">Versions that were registered from it.</param>
    public static void LoggedModel(Utf8JsonWriter json, LoggedModel model, IReadOnlyList<(string Name, string Version)> registrations)
    {
        json.WriteStartObject();
        json.WriteStartObject("info");
        json.WriteString("model_id", model.ModelId);
        json.WriteString("experiment_id", Text(model.ExperimentId));
        json.WriteString("name", model.Name);
        json.WriteNumber("creation_timestamp_ms", model.CreatedMs);
        json.WriteNumber("last_updated_timestamp_ms", model.UpdatedMs);
        json.WriteString("artifact_uri", model.ArtifactUri);
        json.WriteString("status", model.Status);
        json.WriteString("model_type", model.ModelType);
        json.WriteString("source_run_id", model.SourceRunId);
        Pairs(json, "tags", model.Tags);
        List(json, "registrations", registrations, (j, r) =>
        {
            j.WriteStartObject();
            j.WriteString("name", r.Name);
            j.WriteString("version", r.Version);
            j.WriteEndObject();
        });
        json.WriteEndObject();
        json.WriteStartObject("data");
        Pairs(json, "params", model.Params);
        List(json, "metrics", model.Metrics, Metric);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <param name="json">The writer.</param>
    /// <param name="entry">The name.</param>
    /// <param name="folder">What its path starts with.</param>
    public static void File(Utf8JsonWriter json, ArtifactEntry entry, string folder)
    {
        json.WriteStartObject();
        json.WriteString("path", folder + entry.Name);
        json.WriteBoolean("is_dir", entry.IsFolder);
        if (entry.Size is { } size)
        {
            json.WriteNumber("file_size", size);
        }

        json.WriteEndObject();
    }

    /// <summary>A list; left out when it is empty.</summary>
    public static void List<T>(Utf8JsonWriter json, string name, IReadOnlyList<T> items, Action<Utf8JsonWriter, T> write)
    {
        if (items.Count == 0)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (var item in items)
        {
            write(json, item);
        }

        json.WriteEndArray();
    }

    public static void Pairs(Utf8JsonWriter json, string name, IReadOnlyList<KeyText> pairs) => List(json, name, pairs, (j, pair) =>
    {
        j.WriteStartObject();
        j.WriteString("key", pair.Key);
        j.WriteString("value", pair.Value);
        j.WriteEndObject();
    });

    /// <summary>A text that may be unset; an empty one is written.</summary>
    public static void Given(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    public static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static void RunModel(Utf8JsonWriter json, RunModel model, bool hasStep)
    {
        json.WriteStartObject();
        json.WriteString("model_id", model.ModelId);
        if (hasStep)
        {
            json.WriteNumber("step", model.Step);
        }

        json.WriteEndObject();
    }

    private static void Dataset(Utf8JsonWriter json, DatasetUse dataset)
    {
        json.WriteStartObject();
        Pairs(json, "tags", dataset.Tags);
        json.WriteStartObject("dataset");
        json.WriteString("name", dataset.Name);
        json.WriteString("digest", dataset.Digest);
        json.WriteString("source_type", dataset.SourceType);
        json.WriteString("source", dataset.Source);
        Given(json, "schema", dataset.Schema);
        Given(json, "profile", dataset.Profile);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
