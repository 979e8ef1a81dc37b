using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Flyball.Engine.Expressions;

namespace Flyball.Engine.Windows;

/// <summary>Writes a list of values as text: a JSON array without spaces, timestamps as RFC 3339.</summary>
internal static class ListText
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Null when it would pass the limit of texts.</summary>
    public static Value Of(List<Value> items)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartArray();
            foreach (var item in items)
            {
                Write(writer, item);
            }

            writer.WriteEndArray();
        }

        var text = Encoding.UTF8.GetString(buffer.WrittenSpan);
        return text.Length <= TextLimit.MaxLength ? Value.FromText(text) : Value.Null;
    }

    private static void Write(Utf8JsonWriter writer, in Value item)
    {
        switch (item.Kind)
        {
            case ScalarType.Boolean:
                writer.WriteBooleanValue(item.AsBoolean);
                break;
            case ScalarType.Integer:
                writer.WriteNumberValue(item.AsInteger);
                break;
            case ScalarType.Number:
                writer.WriteNumberValue(item.AsNumber);
                break;
            default:
                writer.WriteStringValue(item.ToString());
                break;
        }
    }
}
