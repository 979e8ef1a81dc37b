using System.Text.Json;
using Flyball.Engine.Expressions;
using Flyball.Engine.Time;

namespace Flyball.Training.Bundles;

/// <summary>A row of <c>golden.jsonl</c>: a test request with the vector and the score that the model gave it when it was packaged.</summary>
/// <param name="Seq">Position of the request in the log.</param>
/// <param name="At">The instant its features were read at.</param>
/// <param name="Request">The fields of the stored row that the vector reads, as canonical JSON; those whose values stay in the log hold nothing.</param>
/// <param name="Vector">In the order of the manifest's features; null where the values of one stay in the log.</param>
/// <param name="Score">Raw and calibrated; both finite.</param>
/// <param name="Decision">What was decided; null for a model without rules.</param>
internal sealed record GoldenRow(long Seq, EventTime At, ReadOnlyMemory<byte> Request, Value[] Vector, Score Score, string? Decision)
{
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteNumber("seq", Seq);
        writer.WriteString("at", At.ToString());
        writer.WritePropertyName("request");
        writer.WriteRawValue(Request.Span);
        writer.WriteStartArray("vector");
        foreach (var value in Vector)
        {
            Write(writer, value);
        }

        writer.WriteEndArray();
        writer.WriteNumber("raw", Score.Raw);
        writer.WriteNumber("score", Score.Calibrated);
        if (Score.Probabilities is { } probabilities)
        {
            writer.WriteStartArray("probabilities");
            foreach (var probability in probabilities)
            {
                writer.WriteNumberValue(probability);
            }

            writer.WriteEndArray();
        }

        if (Decision is not null)
        {
            writer.WriteString("decision", Decision);
        }

        writer.WriteEndObject();
    }

    /// <summary>Reads a line.</summary>
    /// <param name="types">Of the vector's members.</param>
    /// <exception cref="FormatException">The line is no golden row of such a vector.</exception>
    public static GoldenRow Read(ReadOnlyMemory<byte> line, IReadOnlyList<ScalarType> types)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            var members = root.GetProperty("vector");
            if (members.GetArrayLength() != types.Count)
            {
                throw new FormatException("The vector has another length.");
            }

            Value[] vector = [.. members.EnumerateArray().Select((m, i) => Read(m, types[i]))];
            var score = new Score(root.GetProperty("raw").GetSingle(), root.GetProperty("score").GetDouble())
            {
                Probabilities = root.TryGetProperty("probabilities", out var classes) ? [.. classes.EnumerateArray().Select(c => c.GetSingle())] : null,
            };
            return new GoldenRow(root.GetProperty("seq").GetInt64(), default, ReadOnlyMemory<byte>.Empty, vector, score, root.TryGetProperty("decision", out var named) ? named.GetString() : null);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException("The line is not of the expected shape.", e);
        }
    }

    private static void Write(Utf8JsonWriter writer, Value value)
    {
        switch (value.Kind)
        {
            case null:
                writer.WriteNullValue();
                break;
            case ScalarType.Boolean:
                writer.WriteBooleanValue(value.AsBoolean);
                break;
            case ScalarType.Integer:
                writer.WriteNumberValue(value.AsInteger);
                break;
            case ScalarType.Number:
                writer.WriteNumberValue(value.AsNumber);
                break;
            case ScalarType.Text:
                writer.WriteStringValue(value.AsText);
                break;
            default:
                throw new InvalidOperationException($"A feature of kind {value.Kind} is no model's input.");
        }
    }

    private static Value Read(JsonElement element, ScalarType type) => (element.ValueKind, type) switch
    {
        (JsonValueKind.Null, _) => Value.Null,
        (JsonValueKind.True or JsonValueKind.False, ScalarType.Boolean) => Value.FromBoolean(element.GetBoolean()),
        (JsonValueKind.Number, ScalarType.Integer) => Value.FromInteger(element.GetInt64()),
        (JsonValueKind.Number, ScalarType.Number) => Value.FromNumber(element.GetDouble()),
        (JsonValueKind.String, ScalarType.Text) => Value.FromText(element.GetString()!),
        _ => throw new FormatException("A member of the vector is of another type."),
    };
}
