using System.Text.Json;
using Flyball.Problems;
using Microsoft.AspNetCore.Http;

namespace Flyball.Features.Reads;

/// <summary><c>POST /v1/features</c>: many features of many entities. Reads UTF-8 without a document in between and writes straight to the response.</summary>
internal static class FeatureReadEndpoint
{
    public const int MostBytes = 8 << 20;

    private static readonly JsonWriterOptions Options = new() { SkipValidation = true };

    public static async Task PostAsync(HttpContext context, FeatureReader reader)
    {
        var body = await JsonBody.ReadAsync(context, MostBytes);
        var asked = FeatureReadBody.Read(body.Span);
        var answer = reader.Read(asked.Features, '.', asked.Keys, asked.At);
        context.Response.ContentType = "application/json";
        Write(context, asked.Keys, answer);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    private static void Write(HttpContext context, IReadOnlyList<KeyColumn> keys, FeatureAnswer answer)
    {
        using var json = new Utf8JsonWriter(context.Response.BodyWriter, Options);
        json.WriteStartObject();
        json.WriteString("at", answer.At.ToString());
        json.WriteNumber("horizon", answer.Horizon.Seq);
        json.WriteStartObject("keys");
        foreach (var key in keys)
        {
            json.WriteStartArray(key.Name);
            foreach (var value in key.Values)
            {
                ValueJson.Write(json, value);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteStartArray("features");
        for (var c = 0; c < answer.Columns.Count; c++)
        {
            WriteFeature(json, answer, c);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteFeature(Utf8JsonWriter json, FeatureAnswer answer, int column)
    {
        json.WriteStartObject();
        json.WriteString("name", $"{answer.Columns[column].View}.{answer.Columns[column].Feature}");
        json.WriteStartArray("values");
        foreach (ref readonly var value in answer.ValuesOf(column))
        {
            ValueJson.Write(json, value);
        }

        json.WriteEndArray();
        json.WriteStartArray("statuses");
        foreach (var status in answer.StatusesOf(column))
        {
            json.WriteStringValue(FeatureStatusNames.Of(status));
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
