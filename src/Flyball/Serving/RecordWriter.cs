using System.Buffers.Binary;
using System.Text;

namespace Flyball.Serving;

/// <summary>Writes the fields of a record one behind the other into bytes that have room for them: numbers little-endian, texts and bytes behind their length.</summary>
internal ref struct RecordWriter(Span<byte> bytes)
{
    private readonly Span<byte> bytes = bytes;

    public int Written { get; private set; }

    public void Byte(byte value) => bytes[Written++] = value;

    public void Int(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(bytes[Written..], value);
        Written += 4;
    }

    public void Long(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(bytes[Written..], value);
        Written += 8;
    }

    public void Raw(ReadOnlySpan<byte> value)
    {
        value.CopyTo(bytes[Written..]);
        Written += value.Length;
    }

    public void Text(string? value)
    {
        if (value is null)
        {
            Int(-1);
            return;
        }

        var length = Encoding.UTF8.GetBytes(value, bytes[(Written + 4)..]);
        Int(length);
        Written += length;
    }
}
