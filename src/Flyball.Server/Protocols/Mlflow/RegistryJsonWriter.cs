using System.Text.Json;
using Flyball.Registry;
using Flyball.Training.Tracking;

namespace Flyball.Server.Protocols.Mlflow;

/// <summary>Writes registered models and versions as the protocol does.</summary>
internal static class RegistryJsonWriter
{
    /// <param name="json">The writer.</param>
    /// <param name="model">The model.</param>
    /// <param name="latest">The highest version of each stage.</param>
    public static void Model(Utf8JsonWriter json, RegisteredModel model, IReadOnlyList<VersionRecord> latest)
    {
        json.WriteStartObject();
        json.WriteString("name", model.Name);
        json.WriteNumber("creation_timestamp", Millis(model.CreatedMicros));
        json.WriteNumber("last_updated_timestamp", Millis(model.UpdatedMicros));
        json.WriteString("user_id", model.CreatedBy);
        MlflowJson.Given(json, "description", model.Description);
        MlflowJson.List(json, "latest_versions", latest, (j, version) => Version(j, version, null));
        MlflowJson.Pairs(json, "tags", Pairs(model.Tags));
        MlflowJson.List(json, "aliases", [.. model.Aliases], (j, alias) =>
        {
            j.WriteStartObject();
            j.WriteString("alias", alias.Key);
            j.WriteString("version", MlflowJson.Text(alias.Value));
            j.WriteEndObject();
        });
        json.WriteEndObject();
    }

    /// <param name="json">The writer.</param>
    /// <param name="record">The version.</param>
    /// <param name="origin">The logged model it was made of; null when it was not, or is not asked for.</param>
    public static void Version(Utf8JsonWriter json, VersionRecord record, LoggedModel? origin)
    {
        var version = record.Version;
        json.WriteStartObject();
        json.WriteString("name", version.Model);
        json.WriteString("version", MlflowJson.Text(version.Version));
        json.WriteNumber("creation_timestamp", Millis(version.CreatedMicros));
        json.WriteNumber("last_updated_timestamp", Millis(version.UpdatedMicros));
        json.WriteString("user_id", version.RegisteredBy);
        json.WriteString("current_stage", version.Stage);
        json.WriteString("description", version.Description ?? "");
        json.WriteString("source", version.Source ?? "");
        json.WriteString("run_id", version.RunId);
        json.WriteString("status", "READY");
        MlflowJson.Pairs(json, "tags", Pairs(record.Tags));
        json.WriteString("run_link", version.RunLink ?? "");
        MlflowJson.List(json, "aliases", record.Aliases, (j, alias) => j.WriteStringValue(alias));
        MlflowJson.Given(json, "model_id", version.LoggedModel);
        MlflowJson.List(json, "model_params", origin?.Params ?? [], (j, param) =>
        {
            j.WriteStartObject();
            j.WriteString("name", param.Key);
            j.WriteString("value", param.Value);
            j.WriteEndObject();
        });
        MlflowJson.List(json, "model_metrics", origin?.Metrics ?? [], MlflowJson.Metric);
        json.WriteEndObject();
    }

    private static IReadOnlyList<KeyText> Pairs(IReadOnlyDictionary<string, string> tags) => [.. tags.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => new KeyText(t.Key, t.Value))];

    private static long Millis(long micros) => micros / 1_000;
}
