using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Flyball.Engine.Expressions;

namespace Flyball.Contracts.Snapshots;

/// <summary>A value in a snapshot: its kind, its length, and 8 bytes or a text's UTF-16 units.</summary>
internal static class ValueForm
{
    private const int HeadBytes = 5;
    private const byte Nothing = byte.MaxValue;

    public static void Write(IBufferWriter<byte> into, in Value value)
    {
        var text = value.Kind == ScalarType.Text ? value.AsText : null;
        var length = value.IsNull ? 0 : text is null ? sizeof(long) : text.Length * sizeof(char);
        var bytes = into.GetSpan(HeadBytes + length);
        bytes[0] = value.Kind is { } kind ? (byte)kind : Nothing;
        BinaryPrimitives.WriteInt32LittleEndian(bytes[1..], length);
        if (text is not null)
        {
            MemoryMarshal.AsBytes(text.AsSpan()).CopyTo(bytes[HeadBytes..]);
        }
        else if (!value.IsNull)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes[HeadBytes..], value.Kind switch
            {
                ScalarType.Boolean => value.AsBoolean ? 1 : 0,
                ScalarType.Integer => value.AsInteger,
                ScalarType.Number => BitConverter.DoubleToInt64Bits(value.AsNumber),
                _ => value.AsTimestamp.Micros,
            });
        }

        into.Advance(HeadBytes + length);
    }

    /// <summary>Reads what <see cref="Write"/> wrote, and goes behind it.</summary>
    public static Value Read(ref ReadOnlySpan<byte> from)
    {
        var kind = from[0];
        var length = BinaryPrimitives.ReadInt32LittleEndian(from[1..]);
        var bytes = from.Slice(HeadBytes, length);
        from = from[(HeadBytes + length)..];
        return kind == Nothing ? Value.Null : (ScalarType)kind switch
        {
            ScalarType.Text => Value.FromText(new string(MemoryMarshal.Cast<byte, char>(bytes))),
            ScalarType.Boolean => Value.FromBoolean(BinaryPrimitives.ReadInt64LittleEndian(bytes) != 0),
            ScalarType.Integer => Value.FromInteger(BinaryPrimitives.ReadInt64LittleEndian(bytes)),
            ScalarType.Number => Value.FromNumber(BitConverter.Int64BitsToDouble(BinaryPrimitives.ReadInt64LittleEndian(bytes))),
            _ => Value.FromTimestamp(BinaryPrimitives.ReadInt64LittleEndian(bytes)),
        };
    }
}
