using System.Buffers;
using System.Text.Json;
using Flyball.Engine.Time;
using Flyball.Engine.Windows;
using Flyball.Features.Reads;

namespace Flyball.Server.Protocols.Feast;

/// <summary>
/// The answer of <c>/get-online-features</c>: one object a feature, parallel to <c>metadata.feature_names</c>, with a value, a status and a time for
/// each entity. The columns of the request come first, as they were sent.
/// </summary>
internal static class OnlineFeaturesAnswer
{
    private static readonly JsonWriterOptions Options = new() { SkipValidation = true };
    private static readonly byte[] NoTime = "\"1970-01-01T00:00:00Z\""u8.ToArray();

    public static void Write(IBufferWriter<byte> into, OnlineFeaturesRequest asked, FeatureAnswer answer)
    {
        using var json = new Utf8JsonWriter(into, Options);
        json.WriteStartObject();
        json.WriteStartObject("metadata");
        json.WriteStartArray("feature_names");
        foreach (var name in asked.Entities.Select(e => e.Name).Concat(answer.Columns.Select(c => NameOf(c, asked.FullNames))))
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartArray("results");
        var noTimes = Times(answer.Rows, static _ => null);
        foreach (var entity in asked.Entities)
        {
            WriteEntity(json, entity, noTimes);
        }

        var request = Times(answer.Rows, _ => answer.At);
        var times = answer.LastEvents.Select(last => Times(answer.Rows, r => last[r])).ToList();
        for (var c = 0; c < answer.Columns.Count; c++)
        {
            WriteFeature(json, answer, c, answer.Columns[c].Group is var group && group < 0 ? request : times[group]);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>How the answer calls a feature.</summary>
    public static string NameOf(ReadColumn column, bool full) => full ? $"{column.View}__{column.Feature}" : column.Feature;

    private static void WriteEntity(Utf8JsonWriter json, KeyColumn entity, byte[] times)
    {
        json.WriteStartObject();
        json.WriteStartArray("values");
        foreach (var value in entity.Values)
        {
            ValueJson.Write(json, value);
        }

        json.WriteEndArray();
        json.WriteStartArray("statuses");
        for (var r = 0; r < entity.Values.Count; r++)
        {
            json.WriteStringValue(FeatureStatusNames.Of(FeatureStatus.Present));
        }

        json.WriteEndArray();
        json.WritePropertyName("event_timestamps");
        json.WriteRawValue(times, skipInputValidation: true);
        json.WriteEndObject();
    }

    private static void WriteFeature(Utf8JsonWriter json, FeatureAnswer answer, int column, byte[] times)
    {
        json.WriteStartObject();
        json.WriteStartArray("values");
        foreach (ref readonly var value in answer.ValuesOf(column))
        {
            ValueJson.Write(json, value);
        }

        json.WriteEndArray();
        json.WriteStartArray("statuses");
        foreach (var status in answer.StatusesOf(column))
        {
            // The protocol has no status for a value that is more than its aggregate may hold: it is null.
            json.WriteStringValue(FeatureStatusNames.Of(status == FeatureStatus.OverCap ? FeatureStatus.NullValue : status));
        }

        json.WriteEndArray();
        json.WritePropertyName("event_timestamps");
        json.WriteRawValue(times, skipInputValidation: true);
        json.WriteEndObject();
    }

    /// <summary>A list of times as JSON: made once for all features of an entity.</summary>
    private static byte[] Times(int rows, Func<int, EventTime?> of)
    {
        var bytes = new ArrayBufferWriter<byte>((rows + 1) * (ValueJson.LongestTime + 5));
        bytes.Write("["u8);
        Span<byte> text = stackalloc byte[ValueJson.LongestTime];
        for (var r = 0; r < rows; r++)
        {
            if (r > 0)
            {
                bytes.Write(","u8);
            }

            if (of(r) is { } at)
            {
                bytes.Write("\""u8);
                bytes.Write(text[..InProtocolForm(text, ValueJson.WriteTime(at, text))]);
                bytes.Write("\""u8);
            }
            else
            {
                bytes.Write(NoTime);
            }
        }

        bytes.Write("]"u8);
        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>The protocol's fractions have 0, 3 or 6 digits; ours have as many as are needed.</summary>
    private static int InProtocolForm(Span<byte> text, int length)
    {
        const int Seconds = 19;
        var digits = length - Seconds - 2;
        if (digits <= 0)
        {
            return length;
        }

        var wanted = digits <= 3 ? 3 : 6;
        text[(length - 1)..(Seconds + 1 + wanted)].Fill((byte)'0');
        text[Seconds + 1 + wanted] = (byte)'Z';
        return Seconds + 2 + wanted;
    }
}
