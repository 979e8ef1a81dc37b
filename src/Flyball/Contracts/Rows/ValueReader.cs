using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;

namespace Flyball.Contracts.Rows;

/// <summary>
/// Reads one value of a column, from JSON or from the text of a delimited file. The rules where .NET would guess: a number that
/// overflows is refused instead of becoming infinity; a whole number is exact or refused; <c>1.0</c> is the whole number 1 because its
/// fraction is zero, <c>1e0</c> is none; text and flags never become numbers; a timestamp has an offset.
/// </summary>
internal static class ValueReader
{
    /// <summary>A number written with more digits than this means nothing a double could hold.</summary>
    private const int LongestNumber = 400;

    private static readonly SearchValues<byte> NumberCharacters = SearchValues.Create("0123456789+-.eE"u8);

    /// <summary>Reads the value the reader stands on, other than null and nested ones. A null problem means that <paramref name="value"/> is good.</summary>
    /// <param name="field">The column.</param>
    /// <param name="reader">Stands on the value.</param>
    /// <param name="stored">The value was written by <see cref="RowWriter"/>: its times have the one stored form, whatever the contract's.</param>
    /// <param name="value">What was read.</param>
    public static Problem? Read(FieldPlan field, ref Utf8JsonReader reader, bool stored, out Value value)
    {
        value = default;
        switch (field.Type)
        {
            case ScalarType.Boolean when reader.TokenType is JsonTokenType.True or JsonTokenType.False:
                value = Value.FromBoolean(reader.TokenType == JsonTokenType.True);
                return null;
            case ScalarType.Integer when reader.TokenType == JsonTokenType.Number:
                return TryReadPlain(field, reader.ValueSpan, out value) ? null : ReadInteger(field, reader.ValueSpan, out value);
            case ScalarType.Number when reader.TokenType == JsonTokenType.Number:
                return TryReadPlain(field, reader.ValueSpan, out value) ? null : ReadNumber(field, reader.ValueSpan, out value);
            case ScalarType.Text when reader.TokenType == JsonTokenType.String:
                return field.Kind == FieldKind.Time && !stored ? ReadTimeOfDay(field, reader.ValueSpan, out value) : ReadText(field, ref reader, out value);
            case ScalarType.Timestamp when reader.TokenType == JsonTokenType.String:
                // Escapes are legal JSON but no timestamp needs one; such a text is refused for its form.
                return ReadTimestamp(field, reader.ValueSpan, stored ? null : field.Form, out value);
            default:
                return field.Coerces && !stored ? ReadCoerced(field, ref reader, out value) : field.Problems.WrongType;
        }
    }

    /// <summary>What a sender wrote in another form than the column's type: digits in quotes, or a bare number for a text.</summary>
    private static Problem? ReadCoerced(FieldPlan field, ref Utf8JsonReader reader, out Value value)
    {
        value = default;
        return reader.TokenType switch
        {
            JsonTokenType.String when reader.ValueIsEscaped => field.Problems.WrongType,
            JsonTokenType.String when reader.ValueSpan.IndexOfAnyExcept(" \t\r\n"u8) < 0 =>
                field.Required || field.NullPolicy == NullPolicy.Refuse ? field.Problems.Null : null,
            JsonTokenType.String => Read(field, reader.ValueSpan[Ascii.Trim(reader.ValueSpan)], out value),
            JsonTokenType.Number when field.Type is ScalarType.Text or ScalarType.Boolean => Read(field, reader.ValueSpan, out value),
            JsonTokenType.True or JsonTokenType.False when field.Type is ScalarType.Text or ScalarType.Integer or ScalarType.Number =>
                Read(field, field.Type == ScalarType.Text ? reader.ValueSpan : reader.TokenType == JsonTokenType.True ? "1"u8 : "0"u8, out value),
            _ => field.Problems.WrongType,
        };
    }

    /// <summary>Reads a value that came with its type, other than null and nested ones: what its JSON would be, without writing it.</summary>
    public static Problem? Read(FieldPlan field, in TypedValue typed, out Value value)
    {
        value = default;
        switch (field.Type, typed.Kind)
        {
            case (ScalarType.Boolean, TypedKind.Flag):
                value = Value.FromBoolean(typed.Bits != 0);
                return null;
            case (ScalarType.Integer, TypedKind.Whole):
                value = Value.FromInteger(typed.Bits);
                return null;
            case (ScalarType.Number, TypedKind.Real):
                value = Value.FromNumber(BitConverter.Int64BitsToDouble(typed.Bits));
                return value.IsNull ? field.Problems.Overflow : null;
            case (ScalarType.Number, TypedKind.Whole):
                value = Value.FromNumber(typed.Bits);
                return (Int128)(double)typed.Bits == typed.Bits ? null : field.Problems.Overflow;
            case (ScalarType.Text, TypedKind.Text):
                return field.Kind == FieldKind.Time ? ReadTimeOfDay(field, typed.Text.Span, out value) : ReadText(field, typed.Text.Span, out value);
            case (ScalarType.Timestamp, TypedKind.Text):
                return ReadTimestamp(field, typed.Text.Span, field.Form, out value);
            default:
                return field.Problems.WrongType;
        }
    }

    /// <summary>Reads the text of a delimited file, where empty was already taken for null.</summary>
    public static Problem? Read(FieldPlan field, ReadOnlySpan<byte> text, out Value value)
    {
        value = default;
        if (TryReadPlain(field, text, out value))
        {
            return null;
        }

        return field.Type switch
        {
            ScalarType.Text when field.IsJson => NestedReader.ReadText(field, text, out value),
            ScalarType.Text when field.Kind == FieldKind.Time => ReadTimeOfDay(field, text, out value),
            ScalarType.Text => ReadText(field, text, out value),
            ScalarType.Boolean => ReadBoolean(field, text, out value),
            ScalarType.Timestamp => ReadTimestamp(field, text, field.Form, out value),
            _ when !IsNumber(text) => field.Problems.WrongType,
            ScalarType.Integer => ReadInteger(field, text, out value),
            _ => ReadNumber(field, text, out value),
        };
    }

    /// <summary>The usual form of a number, exactly and quickly.</summary>
    private static bool TryReadPlain(FieldPlan field, ReadOnlySpan<byte> text, out Value value)
    {
        value = default;
        if (field.Type is not (ScalarType.Integer or ScalarType.Number) || !PlainNumber.TryRead(text, out var digits, out var scale))
        {
            return false;
        }

        if (field.Type == ScalarType.Number)
        {
            value = Value.FromNumber(PlainNumber.ToDouble(digits, scale));
            return true;
        }

        value = scale == 0 ? Value.FromInteger(digits) : default;
        return scale == 0;
    }

    private static Problem? ReadBoolean(FieldPlan field, ReadOnlySpan<byte> text, out Value value)
    {
        var isTrue = Ascii.EqualsIgnoreCase(text, "true"u8) || text.SequenceEqual("1"u8);
        value = Value.FromBoolean(isTrue);
        return isTrue || Ascii.EqualsIgnoreCase(text, "false"u8) || text.SequenceEqual("0"u8) ? null : field.Problems.WrongType;
    }

    /// <summary>Digits with a sign, a point and an exponent: what JSON calls a number, leading zeros and a plus allowed.</summary>
    private static bool IsNumber(ReadOnlySpan<byte> text) =>
        text.IndexOfAnyExcept(NumberCharacters) < 0 && Utf8Parser.TryParse(text, out double _, out var used) && used == text.Length;

    private static Problem? ReadInteger(FieldPlan field, ReadOnlySpan<byte> text, out Value value)
    {
        value = default;
        var point = text.IndexOf((byte)'.');
        if (point >= 0)
        {
            var isZero = point + 1 < text.Length && text[..point].TrimStart("+-"u8).IsEmpty;
            if (text[(point + 1)..].IndexOfAnyExcept((byte)'0') >= 0)
            {
                return field.Problems.WrongType;
            }

            // Of .0, which a delimited file may hold, nothing is left before the point.
            text = isZero ? "0"u8 : text[..point];
        }

        if (Utf8Parser.TryParse(text, out long integer, out var used) && used == text.Length)
        {
            value = Value.FromInteger(integer);
            return null;
        }

        return text.IndexOfAny((byte)'e', (byte)'E') >= 0 ? field.Problems.WrongType : field.Problems.Overflow;
    }

    private static Problem? ReadNumber(FieldPlan field, ReadOnlySpan<byte> text, out Value value)
    {
        value = default;
        if (text.Length > LongestNumber
            || !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number)
            || (Math.Abs(number) >= 9007199254740992 && IsInexactInteger(text, number)))
        {
            return field.Problems.Overflow;
        }

        value = Value.FromNumber(number);
        return null;
    }

    /// <summary>
    /// A whole number in plain digits that a double would change, such as 9007199254740993 or 9007199254740993.0: most likely an id in the wrong column
    /// type.
    /// </summary>
    private static bool IsInexactInteger(ReadOnlySpan<byte> text, double number)
    {
        var point = text.IndexOf((byte)'.');
        if (point >= 0 && text[(point + 1)..].IndexOfAnyExcept((byte)'0') < 0)
        {
            text = text[..point];
        }

        return Utf8Parser.TryParse(text, out long integer, out var used) && used == text.Length && (Int128)number != integer;
    }

    private static Problem? ReadTimestamp(FieldPlan field, ReadOnlySpan<byte> text, TimeForm? form, out Value value)
    {
        bool good;
        long micros;
        if (form is not null && !field.IsDate)
        {
            var reading = form.TryRead(text, out micros);
            value = Value.FromTimestamp(micros);
            return reading switch
            {
                TimeReading.Good => null,
                TimeReading.Skipped => field.Problems.Skipped,
                _ => field.Problems.TimeForm,
            };
        }

        good = field.IsDate
            ? form is null ? Rfc3339.TryReadDate(text, out micros) : form.TryReadDate(text, out micros)
            : Rfc3339.TryRead(text, out micros);
        value = Value.FromTimestamp(micros);
        return good ? null : field.Problems.TimeForm;
    }

    private static Problem? ReadTimeOfDay(FieldPlan field, ReadOnlySpan<byte> text, out Value value)
    {
        value = default;
        var parts = TimeParts.Empty;
        long micros;
        if (field.Form is null)
        {
            if (!IsoTime.TryReadTime(text, ref parts) || !parts.IsTimeOfDay)
            {
                return field.Problems.TimeForm;
            }

            micros = parts.MicrosOfDay;
        }
        else if (!field.Form.TryReadTime(text, out micros))
        {
            return field.Problems.TimeForm;
        }

        value = Value.FromText(TimeOfDay.Write(micros));
        return null;
    }

    private static Problem? ReadText(FieldPlan field, ref Utf8JsonReader reader, out Value value)
    {
        value = default;
        if (!reader.ValueIsEscaped)
        {
            return ReadText(field, reader.ValueSpan, out value);
        }

        if (reader.ValueSpan.Length > RowReader.LongestText)
        {
            return field.Problems.TooLong;
        }

        try
        {
            var text = reader.GetString()!;
            value = Value.FromText(text);
            return text.Contains('\0', StringComparison.Ordinal) ? field.Problems.Unstorable : null;
        }
        catch (InvalidOperationException)
        {
            // What the reader throws for a lone surrogate and for bytes that are not UTF-8.
            return field.Problems.Unstorable;
        }
    }

    private static Problem? ReadText(FieldPlan field, ReadOnlySpan<byte> text, out Value value)
    {
        value = default;
        if (text.Length > RowReader.LongestText)
        {
            return field.Problems.TooLong;
        }

        if (!Utf8.IsValid(text) || text.Contains((byte)0))
        {
            return field.Problems.Unstorable;
        }

        value = Value.FromText(Encoding.UTF8.GetString(text));
        return null;
    }
}
