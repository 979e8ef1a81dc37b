using System.Buffers.Binary;
using System.Text;
using Flyball.Engine.Expressions;

namespace Flyball.Features.History;

/// <summary>Reads values one after the other from the bytes that <see cref="RowBytes"/> wrote.</summary>
internal ref struct CellReader(ReadOnlySpan<byte> cells)
{
    public const byte Null = 0;
    public const byte False = 1;
    public const byte True = 2;
    public const byte Integer = 3;
    public const byte Number = 4;
    public const byte Timestamp = 5;
    public const byte Text = 6;

    private ReadOnlySpan<byte> rest = cells;

    public Value Next()
    {
        var kind = rest[0];
        if (kind <= True)
        {
            rest = rest[1..];
            return kind == Null ? Value.Null : Value.FromBoolean(kind == True);
        }

        if (kind == Text)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(rest[1..]);
            var text = Encoding.UTF8.GetString(rest.Slice(5, length));
            rest = rest[(5 + length)..];
            return Value.FromText(text);
        }

        var bits = BinaryPrimitives.ReadInt64LittleEndian(rest[1..]);
        rest = rest[9..];
        return kind switch
        {
            Integer => Value.FromInteger(bits),
            Number => Value.FromNumber(BitConverter.Int64BitsToDouble(bits)),
            _ => Value.FromTimestamp(bits),
        };
    }
}
