using System.Text.Json;

namespace Flyball.Server.Protocols.OpenInference;

/// <summary>Writes a model's configuration.</summary>
internal static class ConfigurationWriter
{
    public static Task WriteAsync(HttpContext context, ModelConfiguration configuration) => MetadataWriter.WriteAsync(context, json =>
    {
        json.WriteString("name", configuration.Name);
        json.WriteString("platform", configuration.Platform);
        json.WriteString("backend", configuration.Backend);
        json.WriteNumber("max_batch_size", ModelConfiguration.MaxBatchSize);
        WriteTensors(json, "input", configuration.Inputs, isInput: true);
        WriteTensors(json, "output", configuration.Outputs, isInput: false);
    });

    private static void WriteTensors(Utf8JsonWriter json, string name, IReadOnlyList<ConfiguredTensor> tensors, bool isInput)
    {
        json.WriteStartArray(name);
        foreach (var tensor in tensors)
        {
            json.WriteStartObject();
            json.WriteString("name", tensor.Name);
            json.WriteString("data_type", ModelConfiguration.NameOf(tensor.Type));
            json.WriteStartArray("dims");
            foreach (var size in tensor.Dims)
            {
                json.WriteNumberValue(size);
            }

            json.WriteEndArray();
            if (isInput)
            {
                json.WriteBoolean("optional", tensor.IsOptional);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
