using System.Buffers.Binary;
using System.Text;

namespace Flyball.Serving;

/// <summary>Reads what <see cref="RecordWriter"/> wrote. Each member throws <see cref="InvalidDataException"/> where the bytes end before their time.</summary>
internal ref struct RecordReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> rest = bytes;

    public readonly int Left => rest.Length;

    public readonly bool IsEmpty => rest.IsEmpty;

    public byte Byte() => Raw(1)[0];

    public int Int() => BinaryPrimitives.ReadInt32LittleEndian(Raw(4));

    public long Long() => BinaryPrimitives.ReadInt64LittleEndian(Raw(8));

    public ReadOnlySpan<byte> Raw(int length)
    {
        if (length < 0 || length > rest.Length)
        {
            throw new InvalidDataException("A prediction record is shorter than it says.");
        }

        var value = rest[..length];
        rest = rest[length..];
        return value;
    }

    public string? Text()
    {
        var length = Int();
        return length < 0 ? null : Encoding.UTF8.GetString(Raw(length));
    }
}
