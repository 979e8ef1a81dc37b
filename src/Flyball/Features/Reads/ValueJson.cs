using System.Text.Json;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;
using Flyball.Engine.Time;

namespace Flyball.Features.Reads;

/// <summary>Values as JSON: numbers in their shortest form, times as RFC 3339.</summary>
public static class ValueJson
{
    /// <summary>Bytes of the longest time.</summary>
    public const int LongestTime = Rfc3339.LongestText;

    /// <summary>Writes a time in its shortest form in UTC, such as <c>2018-04-01T00:07:56.5Z</c>, and returns its length.</summary>
    public static int WriteTime(EventTime time, Span<byte> into) => Rfc3339.Write(time.Micros, into);

    public static void Write(Utf8JsonWriter json, in Value value)
    {
        ArgumentNullException.ThrowIfNull(json);
        switch (value.Kind)
        {
            case null:
                json.WriteNullValue();
                break;
            case ScalarType.Boolean:
                json.WriteBooleanValue(value.AsBoolean);
                break;
            case ScalarType.Integer:
                json.WriteNumberValue(value.AsInteger);
                break;
            case ScalarType.Number:
                json.WriteNumberValue(value.AsNumber);
                break;
            case ScalarType.Timestamp:
                Span<byte> text = stackalloc byte[Rfc3339.LongestText];
                json.WriteStringValue(text[..Rfc3339.Write(value.AsTimestamp.Micros, text)]);
                break;
            default:
                json.WriteStringValue(value.AsText);
                break;
        }
    }
}
