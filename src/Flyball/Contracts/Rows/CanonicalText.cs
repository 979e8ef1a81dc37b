using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Flyball.Engine.Expressions;

namespace Flyball.Contracts.Rows;

/// <summary>The canonical form of one nested value while it is written: scalars have one form each. Not thread-safe: it keeps its buffer.</summary>
internal sealed class CanonicalText : IDisposable
{
    /// <summary>No finite double takes more digits to write.</summary>
    private const int LongestNumber = 400;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly ArrayBufferWriter<byte> buffer = new(256);

    public CanonicalText() => Json = new Utf8JsonWriter(buffer, Options);

    /// <summary>For the brackets and names around the scalars.</summary>
    public Utf8JsonWriter Json { get; }

    public void Begin()
    {
        buffer.ResetWrittenCount();
        Json.Reset(buffer);
    }

    /// <summary>What was written since <see cref="Begin"/>.</summary>
    public string End()
    {
        Json.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public void Dispose() => Json.Dispose();

    /// <summary>A value of a field's type.</summary>
    public void WriteScalar(FieldPlan field, in Value value)
    {
        switch (field.Type)
        {
            case ScalarType.Boolean:
                Json.WriteBooleanValue(value.AsBoolean);
                break;
            case ScalarType.Integer:
                Json.WriteNumberValue(value.AsInteger);
                break;
            case ScalarType.Number:
                Json.WriteNumberValue(value.AsNumber);
                break;
            case ScalarType.Timestamp:
                Span<byte> text = stackalloc byte[Rfc3339.LongestText];
                var micros = value.AsTimestamp.Micros;
                Json.WriteStringValue(text[..(field.IsDate ? Rfc3339.WriteDate(micros, text) : Rfc3339.Write(micros, text))]);
                break;
            default:
                Json.WriteStringValue(value.AsText);
                break;
        }
    }

    /// <summary>A number without a type: a whole one of 64 bits is exact, any other is a finite double.</summary>
    /// <returns>False when it is beyond what can be held exactly; then nothing is written.</returns>
    public bool TryWriteNumber(ReadOnlySpan<byte> written)
    {
        if (Utf8Parser.TryParse(written, out long integer, out var used) && used == written.Length)
        {
            Json.WriteNumberValue(integer);
            return true;
        }

        if (written.Length <= LongestNumber && double.TryParse(written, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) && written.IndexOfAny(".eE"u8) >= 0)
        {
            Json.WriteNumberValue(number + 0.0);
            return true;
        }

        return false;
    }

    /// <summary>A text without a type.</summary>
    /// <returns>False when it holds a NUL.</returns>
    public bool TryWriteText(string value)
    {
        Json.WriteStringValue(value);
        return !value.Contains('\0', StringComparison.Ordinal);
    }
}
