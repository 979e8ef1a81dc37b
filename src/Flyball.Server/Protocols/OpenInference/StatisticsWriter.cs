using System.Globalization;
using System.Text.Json;
using Flyball.Serving;

namespace Flyball.Server.Protocols.OpenInference;

/// <summary>Writes what versions did since the start, as the protocol's statistics extension has it. What is not measured is 0.</summary>
internal static class StatisticsWriter
{
    public static Task WriteAsync(HttpContext context, IEnumerable<VersionOfModel> versions) => MetadataWriter.WriteAsync(context, json =>
    {
        json.WriteStartArray("model_stats");
        foreach (var version in versions)
        {
            Write(json, version);
        }

        json.WriteEndArray();
    });

    private static void Write(Utf8JsonWriter json, VersionOfModel version)
    {
        var figures = version.Figures;
        json.WriteStartObject();
        json.WriteString("name", version.Model);
        json.WriteString("version", version.Version.ToString(CultureInfo.InvariantCulture));
        json.WriteNumber("last_inference", figures.LastMillis);
        json.WriteNumber("inference_count", figures.Rows);
        json.WriteNumber("execution_count", figures.Calls);
        json.WriteStartObject("inference_stats");
        Write(json, "success", figures.Answered);
        Write(json, "fail", figures.Unanswered);
        Write(json, "queue", figures.Queued);
        Write(json, "compute_input", figures.Features);
        Write(json, "compute_infer", figures.Scoring);
        Write(json, "compute_output", default);
        Write(json, "cache_hit", figures.Cached);
        json.WriteEndObject();
        json.WriteStartArray("batch_stats");
        foreach (var batch in figures.Batches)
        {
            json.WriteStartObject();
            json.WriteNumber("batch_size", batch.Rows);
            Write(json, "compute_input", default);
            Write(json, "compute_infer", batch.Scoring);
            Write(json, "compute_output", default);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, DurationFigure figure)
    {
        json.WriteStartObject(name);
        json.WriteNumber("count", figure.Count);
        json.WriteNumber("ns", figure.Nanos);
        json.WriteEndObject();
    }
}
