using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Flyball.Engine.Expressions;

namespace Flyball.Contracts.Rows;

/// <summary>
/// Reads a stored row by what <see cref="RowWriter"/> is known to write: the fields in the order of the contract, no spaces, each value in its
/// one form. Whatever looks different is left to the general reader, which decides; where this one gives a row, it is the same row.
/// </summary>
internal sealed class StoredForm(ContractPlan plan)
{
    /// <summary>A text ends at its quote. Before it comes no escape, and nothing that JSON would refuse.</summary>
    private static readonly SearchValues<byte> EndOfText = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(b => (byte)b), (byte)'"', (byte)'\\']);

    private readonly FieldPlan[] fields = plan.Fields;
    private readonly byte[][] names = [.. plan.Fields.Select(f => (byte[])[(byte)'"', .. f.EncodedName.EncodedUtf8Bytes, (byte)'"', (byte)':'])];

    /// <summary>False leaves the row undefined: read it otherwise.</summary>
    public bool TryRead(ReadOnlySpan<byte> json, Span<Value> row)
    {
        if (json.Length < 2 || json[0] != '{')
        {
            return false;
        }

        row.Clear();
        var rest = json[1..];
        for (var i = 0; i < fields.Length; i++)
        {
            if (!rest.StartsWith(names[i]))
            {
                continue;
            }

            rest = rest[names[i].Length..];
            if (!TryReadValue(fields[i], ref rest, out row[i]) || rest.IsEmpty)
            {
                return false;
            }

            var next = rest[0];
            rest = rest[1..];
            if (next == '}')
            {
                return rest.IsEmpty;
            }

            if (next != ',')
            {
                return false;
            }
        }

        return false;
    }

    private static bool TryReadValue(FieldPlan field, ref ReadOnlySpan<byte> rest, out Value value)
    {
        value = default;
        if (field.IsJson)
        {
            return false;
        }

        return field.Type switch
        {
            ScalarType.Integer or ScalarType.Number => TryReadNumber(field.Type, ref rest, out value),
            ScalarType.Boolean => TryReadBoolean(ref rest, out value),
            _ => TryReadQuoted(field, ref rest, out value),
        };
    }

    private static bool TryReadNumber(ScalarType type, ref ReadOnlySpan<byte> rest, out Value value)
    {
        value = default;
        var length = rest.IndexOfAny((byte)',', (byte)'}');
        if (length < 1)
        {
            return false;
        }

        var text = rest[..length];
        var first = text[0] == '-' ? 1 : 0;
        if ((length > first + 1 && text[first] == '0' && text[first + 1] != '.') || !PlainNumber.TryRead(text, out var digits, out var scale) || (type == ScalarType.Integer && scale > 0))
        {
            return false;
        }

        value = type == ScalarType.Integer ? Value.FromInteger(digits) : Value.FromNumber(PlainNumber.ToDouble(digits, scale));
        rest = rest[length..];
        return true;
    }

    private static bool TryReadBoolean(ref ReadOnlySpan<byte> rest, out Value value)
    {
        var isTrue = rest.StartsWith("true"u8);
        value = Value.FromBoolean(isTrue);
        if (!isTrue && !rest.StartsWith("false"u8))
        {
            return false;
        }

        rest = rest[(isTrue ? 4 : 5)..];
        return true;
    }

    private static bool TryReadQuoted(FieldPlan field, ref ReadOnlySpan<byte> rest, out Value value)
    {
        value = default;
        if (rest.IsEmpty || rest[0] != '"')
        {
            return false;
        }

        var length = rest[1..].IndexOfAny(EndOfText);
        if (length < 0 || rest[1 + length] != '"')
        {
            return false;
        }

        var text = rest.Slice(1, length);
        rest = rest[(length + 2)..];
        if (field.Type == ScalarType.Text)
        {
            var isGood = length <= RowReader.LongestText && Utf8.IsValid(text);
            value = isGood ? Value.FromText(Encoding.UTF8.GetString(text)) : default;
            return isGood;
        }

        var isTime = field.IsDate ? Rfc3339.TryReadDate(text, out var micros) : Rfc3339.TryRead(text, out micros);
        value = Value.FromTimestamp(micros);
        return isTime;
    }
}
