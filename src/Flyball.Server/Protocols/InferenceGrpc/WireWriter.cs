using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Flyball.Server.Protocols.InferenceGrpc;

/// <summary>Writes a protobuf message, field by field in the order of the calls. A value that is the type's default is left out, as proto3 does.</summary>
internal sealed class WireWriter
{
    /// <summary>Most messages inside of others are shorter.</summary>
    private const int Usual = 64;

    private readonly ArrayBufferWriter<byte> bytes = new(Usual);

    public ReadOnlyMemory<byte> Written => bytes.WrittenMemory;

    public WireWriter Flag(int field, bool value)
    {
        if (value)
        {
            Tag(field, 0);
            Varint(1);
        }

        return this;
    }

    public WireWriter Whole(int field, long value)
    {
        if (value != 0)
        {
            Tag(field, 0);
            Varint((ulong)value);
        }

        return this;
    }

    public WireWriter Text(int field, string? value) => string.IsNullOrEmpty(value) ? this : Bytes(field, Encoding.UTF8.GetBytes(value));

    public WireWriter Texts(int field, IEnumerable<string> values)
    {
        foreach (var value in values)
        {
            Bytes(field, Encoding.UTF8.GetBytes(value));
        }

        return this;
    }

    public WireWriter Message(int field, WireWriter value) => Bytes(field, value.Written.Span);

    public WireWriter Bytes(int field, ReadOnlySpan<byte> value)
    {
        Tag(field, 2);
        Varint((ulong)value.Length);
        bytes.Write(value);
        return this;
    }

    /// <summary>Packed.</summary>
    public WireWriter Wholes(int field, IReadOnlyList<long> values)
    {
        var packed = new WireWriter();
        foreach (var value in values)
        {
            packed.Varint((ulong)value);
        }

        return values.Count == 0 ? this : Message(field, packed);
    }

    /// <summary>Packed.</summary>
    public WireWriter Reals(int field, IReadOnlyList<double> values)
    {
        if (values.Count == 0)
        {
            return this;
        }

        Tag(field, 2);
        Varint((ulong)values.Count * sizeof(double));
        foreach (var value in values)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(bytes.GetSpan(sizeof(double)), value);
            bytes.Advance(sizeof(double));
        }

        return this;
    }

    private void Tag(int field, int wire) => Varint(((ulong)field << 3) | (uint)wire);

    private void Varint(ulong value)
    {
        var span = bytes.GetSpan(10);
        var length = 0;
        for (; value >= 0x80; value >>= 7)
        {
            span[length++] = (byte)(value | 0x80);
        }

        span[length++] = (byte)value;
        bytes.Advance(length);
    }
}
