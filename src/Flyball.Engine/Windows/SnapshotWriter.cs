using System.Buffers;
using System.Buffers.Binary;

namespace Flyball.Engine.Windows;

/// <summary>The bytes of one snapshot while it is written.</summary>
internal sealed class SnapshotWriter
{
    private const int MostBytesOfNumber = 10;

    private readonly ArrayBufferWriter<byte> buffer = new(256);

    public ReadOnlySpan<byte> Written => buffer.WrittenSpan;

    public void Byte(byte value)
    {
        buffer.GetSpan(1)[0] = value;
        buffer.Advance(1);
    }

    public void Raw(ReadOnlySpan<byte> bytes) => buffer.Write(bytes);

    public void Fixed(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(buffer.GetSpan(sizeof(ulong)), value);
        buffer.Advance(sizeof(ulong));
    }

    /// <summary>Zigzag, then seven bits a byte, least significant first.</summary>
    public void Number(long value)
    {
        var rest = unchecked((ulong)(value << 1) ^ (ulong)(value >> 63));
        var span = buffer.GetSpan(MostBytesOfNumber);
        var length = 0;
        for (; rest >= 0x80; rest >>= 7)
        {
            span[length++] = unchecked((byte)(rest | 0x80));
        }

        span[length++] = (byte)rest;
        buffer.Advance(length);
    }

    /// <summary>UTF-16 units, so that a lone surrogate survives.</summary>
    public void Text(string text)
    {
        Number(text.Length);
        foreach (var unit in text)
        {
            Number(unit);
        }
    }
}
