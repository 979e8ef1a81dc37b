using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Flyball.Engine.Expressions;

namespace Flyball.Contracts.Rows;

/// <summary>
/// Writes a row in its one stored form: a JSON object with the fields in contract order, nulls left out, numbers in shortest round-trip
/// form, timestamps as RFC 3339 in UTC, nested values as JSON with sorted names. Reading it back gives the same bits. Not thread-safe: it keeps its writer.
/// </summary>
public sealed class RowWriter : IDisposable
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly FieldPlan[] fields;
    private readonly Utf8JsonWriter writer = new(Stream.Null, Options);

    public RowWriter(ContractPlan plan) => fields = plan.Fields;

    /// <param name="row">In the order of the plan's schema.</param>
    /// <param name="into">Gets the bytes appended.</param>
    public void Write(ReadOnlySpan<Value> row, IBufferWriter<byte> into)
    {
        writer.Reset(into);
        writer.WriteStartObject();
        for (var i = 0; i < fields.Length; i++)
        {
            if (!row[i].IsNull)
            {
                Write(i, row[i]);
            }
        }

        writer.WriteEndObject();
        writer.Flush();
    }

    public void Dispose() => writer.Dispose();

    private void Write(int index, in Value value)
    {
        switch (fields[index].Type)
        {
            case ScalarType.Boolean:
                writer.WriteBoolean(fields[index].EncodedName, value.AsBoolean);
                break;
            case ScalarType.Integer:
                writer.WriteNumber(fields[index].EncodedName, value.AsInteger);
                break;
            case ScalarType.Number:
                writer.WriteNumber(fields[index].EncodedName, value.AsNumber);
                break;
            case ScalarType.Timestamp:
                Span<byte> text = stackalloc byte[Rfc3339.LongestText];
                var micros = value.AsTimestamp.Micros;
                var length = fields[index].IsDate ? Rfc3339.WriteDate(micros, text) : Rfc3339.Write(micros, text);
                writer.WriteString(fields[index].EncodedName, text[..length]);
                break;
            case ScalarType.Text when fields[index].IsJson:
                // The text is the canonical form that reading made.
                writer.WritePropertyName(fields[index].EncodedName);
                writer.WriteRawValue(value.AsText, skipInputValidation: true);
                break;
            default:
                writer.WriteString(fields[index].EncodedName, value.AsText);
                break;
        }
    }
}
