using System.Text.Json;

namespace Flyball.Serving;

/// <summary>An answer as JSON has it.</summary>
public static class PredictionJson
{
    /// <summary>The answer of a whole request: one object, or <c>{"predictions":[…]}</c> where several rows were asked.</summary>
    /// <param name="plan">The plan they were made under.</param>
    /// <param name="records">One a row, in their order.</param>
    /// <param name="several">Whether the request was a list, of one row perhaps.</param>
    /// <param name="writer">Stands where a value may be written.</param>
    public static void WriteAll(TrafficPlan plan, IReadOnlyList<PredictionRecord> records, bool several, Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(records);
        ArgumentNullException.ThrowIfNull(writer);
        if (several)
        {
            writer.WriteStartObject();
            writer.WriteStartArray("predictions");
        }

        foreach (var record in records)
        {
            Write(plan, record, writer);
        }

        if (several)
        {
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
    }

    /// <param name="plan">The plan it was made under.</param>
    /// <param name="record">The answer.</param>
    /// <param name="writer">Stands where a value may be written.</param>
    public static void Write(TrafficPlan plan, PredictionRecord record, Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(record);
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartObject();
        writer.WriteString("request_id", record.RequestId);
        writer.WriteString("model", record.Model);
        writer.WriteNumber("version", record.Version);
        writer.WriteString("digest", record.Digest.Hex);
        WritePrediction(writer, record, plan);
        if (record.Decision is not null)
        {
            writer.WriteString("decision", record.Decision);
        }

        writer.WriteString("rung", RungNames.Of(record));
        if (record.Rung != Rung.Full && RungNames.Of(record.Origin) is { } stood)
        {
            writer.WriteString("features", stood);
        }

        if (RungNames.Of(record.Arm) is { } arm)
        {
            writer.WriteString("arm", arm);
        }

        if (record.Defaulted.Count > 0)
        {
            writer.WriteStartArray("defaulted");
            foreach (var field in record.Defaulted)
            {
                writer.WriteStringValue(field);
            }

            writer.WriteEndArray();
        }

        writer.WriteNumber("horizon", record.Horizon.Seq);
        writer.WriteEndObject();
    }

    /// <summary>The probability or the number; of several classes the likeliest one, with the probability of each.</summary>
    private static void WritePrediction(Utf8JsonWriter writer, PredictionRecord record, TrafficPlan plan)
    {
        if (AnsweredClass.Of(plan, record) is not { } answered)
        {
            writer.WriteNumber("prediction", record.Score);
            return;
        }

        writer.WriteString("prediction", answered.Name);
        writer.WriteStartObject("probabilities");
        for (var k = 0; k < answered.Classes.Count; k++)
        {
            writer.WriteNumber(answered.Classes[k], answered.Probabilities[k]);
        }

        writer.WriteEndObject();
    }
}
