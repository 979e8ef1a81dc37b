using System.Buffers;
using System.Text.Json;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;

namespace Flyball.Serving.Streams;

/// <summary>What a reader of a stream gets for one event.</summary>
internal static class StreamJson
{
    /// <summary>The event's key and its prediction.</summary>
    public static byte[] Of(TrafficPlan plan, ReadOnlySpan<Value> row, PredictionRecord record)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var writer = Begin(plan, row, buffer);
        writer.WritePropertyName("prediction");
        PredictionJson.Write(plan, record, writer);
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The event's key and why it has no prediction.</summary>
    public static byte[] Of(TrafficPlan plan, ReadOnlySpan<Value> row, Problem problem)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var writer = Begin(plan, row, buffer);
        writer.WriteStartObject("problem");
        writer.WriteString("code", problem.Code);
        writer.WriteString("message", problem.Message);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static Utf8JsonWriter Begin(TrafficPlan plan, ReadOnlySpan<Value> row, ArrayBufferWriter<byte> buffer)
    {
        var contract = plan.Champion.Vector.Request;
        var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        writer.WriteStartObject("key");
        foreach (var column in contract.PrimaryKey)
        {
            if (row[column].IsNull)
            {
                // Of a row that an earlier contract stored.
                continue;
            }

            writer.WritePropertyName(contract.Schema.Fields[column].Name);
            ValueJson.Of(row[column])!.WriteTo(writer);
        }

        writer.WriteEndObject();
        return writer;
    }
}
