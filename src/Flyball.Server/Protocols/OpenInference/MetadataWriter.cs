using System.Text.Encodings.Web;
using System.Text.Json;
using Flyball.Serving;

namespace Flyball.Server.Protocols.OpenInference;

/// <summary>What the protocol tells beside predictions.</summary>
internal static class MetadataWriter
{
    public const string ServerName = "flyball";

    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string ServerVersion { get; } = typeof(MetadataWriter).Assembly.GetName().Version!.ToString(3);

    public static IReadOnlyList<string> Extensions { get; } = ["binary_tensor_data", "model_repository", "model_configuration", "statistics"];

    public static Task ServerAsync(HttpContext context) => WriteAsync(context, json =>
    {
        json.WriteString("name", ServerName);
        json.WriteString("version", ServerVersion);
        WriteTexts(json, "extensions", Extensions);
    });

    /// <summary>The protocol's text has one name for readiness and its servers another: both are there.</summary>
    public static Task HealthAsync(HttpContext context, bool isGood)
    {
        context.Response.StatusCode = isGood ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        return WriteAsync(context, json =>
        {
            json.WriteBoolean("live", isGood);
            json.WriteBoolean("ready", isGood);
        });
    }

    public static Task ReadyAsync(HttpContext context, TrafficPlan plan) => WriteAsync(context, json =>
    {
        json.WriteString("name", plan.Model);
        json.WriteBoolean("ready", true);
    });

    public static Task ModelAsync(HttpContext context, InferenceDesk desk, TrafficPlan plan)
    {
        var model = InferenceModel.Of(plan);
        return WriteAsync(context, json =>
        {
            json.WriteString("name", plan.Model);
            WriteTexts(json, "versions", desk.VersionsOf(plan));
            json.WriteString("platform", model.Platform);
            json.WriteStartArray("inputs");
            foreach (var input in model.Offered)
            {
                WriteTensor(json, input.Name, input.Type, [-1]);
            }

            json.WriteEndArray();
            json.WriteStartArray("outputs");
            foreach (var output in model.Outputs)
            {
                WriteTensor(json, output.Name, output.Type, output.Width is { } width ? [-1, width] : [-1]);
            }

            json.WriteEndArray();
        });
    }

    /// <summary>A list of every version that can be asked for, and of models that should be and cannot.</summary>
    public static async Task IndexAsync(HttpContext context, IEnumerable<IndexedVersion> index)
    {
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, Plain);
        json.WriteStartArray();
        foreach (var version in index)
        {
            json.WriteStartObject();
            json.WriteString("name", version.Model);
            json.WriteString("version", version.Version);
            json.WriteString("state", version.State);
            json.WriteString("reason", version.Reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        await json.FlushAsync(context.RequestAborted);
    }

    private static void WriteTensor(Utf8JsonWriter json, string name, TensorType type, ReadOnlySpan<int> shape)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString("datatype", TensorTypes.NameOf(type));
        json.WriteStartArray("shape");
        foreach (var size in shape)
        {
            json.WriteNumberValue(size);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    /// <summary>An object with the members that are written.</summary>
    public static async Task WriteAsync(HttpContext context, Action<Utf8JsonWriter> members)
    {
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, Plain);
        json.WriteStartObject();
        members(json);
        json.WriteEndObject();
        await json.FlushAsync(context.RequestAborted);
    }
}
