using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Flyball.Engine.Expressions;

namespace Flyball.Contracts.Rows;

/// <summary>
/// Writes a row in its one stored form: a JSON object with the fields in contract order, nulls left out, numbers in shortest round-trip
/// form, timestamps as RFC 3339 in UTC. Reading it back gives the same bits. Not thread-safe: it keeps a buffer.
/// </summary>
/// <remarks>The bytes are those of <see cref="Utf8JsonWriter"/> with the relaxed encoder; writing them here costs a third of the time.</remarks>
public sealed class RowWriter : IDisposable
{
    /// <summary>Longest text of a value other than a text, with its quotes.</summary>
    private const int LongestScalar = 40;

    /// <summary>Bytes that stand for themselves in a JSON text of the relaxed encoder. Others go through the encoder.</summary>
    private static readonly SearchValues<byte> Plain = SearchValues.Create([.. Enumerable.Range(0x20, 0x5F).Select(b => (byte)b).Where(b => b is not ((byte)'"' or (byte)'\\'))]);

    private readonly FieldPlan[] fields;
    private readonly byte[][] names;
    private readonly int least;
    private byte[] scratch = new byte[256];

    public RowWriter(ContractPlan plan)
    {
        fields = plan.Fields;
        names = [.. fields.Select(f => (byte[])[(byte)'"', .. f.EncodedName.EncodedUtf8Bytes, (byte)'"', (byte)':'])];
        least = 2 + names.Sum(n => n.Length + 1 + LongestScalar);
    }

    /// <param name="row">In the order of the plan's schema.</param>
    /// <param name="into">Gets the bytes appended.</param>
    public void Write(ReadOnlySpan<Value> row, IBufferWriter<byte> into)
    {
        var span = into.GetSpan(least + TextRoom(row));
        var at = 0;
        span[at++] = (byte)'{';
        for (var i = 0; i < fields.Length; i++)
        {
            if (row[i].IsNull)
            {
                continue;
            }

            if (at > 1)
            {
                span[at++] = (byte)',';
            }

            names[i].CopyTo(span[at..]);
            at += names[i].Length;
            at += Write(fields[i], row[i], span[at..]);
        }

        span[at++] = (byte)'}';
        into.Advance(at);
    }

    /// <summary>There is nothing to give back; the writer of a batch ends with it.</summary>
    public void Dispose() => scratch = [];

    /// <summary>A character of UTF-16 takes at most six bytes, as an escape.</summary>
    private int TextRoom(ReadOnlySpan<Value> row)
    {
        var room = 0;
        for (var i = 0; i < fields.Length; i++)
        {
            room += fields[i].Type == ScalarType.Text && !row[i].IsNull ? (row[i].AsText.Length * 6) + 2 : 0;
        }

        return room;
    }

    private int Write(FieldPlan field, in Value value, Span<byte> into)
    {
        var length = 0;
        switch (field.Type)
        {
            case ScalarType.Boolean:
                var word = value.AsBoolean ? "true"u8 : "false"u8;
                word.CopyTo(into);
                return word.Length;
            case ScalarType.Integer:
                value.AsInteger.TryFormat(into, out length, default, CultureInfo.InvariantCulture);
                return length;
            case ScalarType.Number:
                if (!PlainNumber.TryWrite(value.AsNumber, into, out length))
                {
                    value.AsNumber.TryFormat(into, out length, default, CultureInfo.InvariantCulture);
                }

                return length;
            case ScalarType.Timestamp:
                var micros = value.AsTimestamp.Micros;
                into[0] = (byte)'"';
                length = 1 + (field.IsDate ? Rfc3339.WriteDate(micros, into[1..]) : Rfc3339.Write(micros, into[1..]));
                into[length] = (byte)'"';
                return length + 1;
            case ScalarType.Text when field.IsJson:
                // The text is the canonical form that reading made.
                return Encoding.UTF8.GetBytes(value.AsText, into);
            default:
                return WriteText(value.AsText, into);
        }
    }

    private int WriteText(string text, Span<byte> into)
    {
        into[0] = (byte)'"';
        var length = Encoding.UTF8.GetBytes(text, into[1..]);
        if (into.Slice(1, length).IndexOfAnyExcept(Plain) >= 0)
        {
            if (scratch.Length < length)
            {
                scratch = new byte[Math.Max(length, scratch.Length * 2)];
            }

            into.Slice(1, length).CopyTo(scratch);
            JavaScriptEncoder.UnsafeRelaxedJsonEscaping.EncodeUtf8(scratch.AsSpan(0, length), into[1..], out _, out length);
        }

        into[length + 1] = (byte)'"';
        return length + 2;
    }
}
