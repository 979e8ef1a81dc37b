using System.Buffers.Binary;
using Google.Protobuf;

namespace Flyball.Training.Onnx;

/// <summary>
/// One protobuf message being written, field by field in the order of the calls: the same calls give the same bytes.
/// </summary>
internal sealed class ProtoMessage : IDisposable
{
    private readonly MemoryStream bytes = new();
    private readonly CodedOutputStream output;

    public ProtoMessage() => output = new(bytes, leaveOpen: true);

    public ProtoMessage Integer(int field, long value)
    {
        output.WriteTag(field, WireFormat.WireType.Varint);
        output.WriteInt64(value);
        return this;
    }

    public ProtoMessage Single(int field, float value)
    {
        output.WriteTag(field, WireFormat.WireType.Fixed32);
        output.WriteFloat(value);
        return this;
    }

    public ProtoMessage Text(int field, string value)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteString(value);
        return this;
    }

    public ProtoMessage Message(int field, ProtoMessage value)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(value.ToArray()));
        return this;
    }

    /// <summary>The field that a reader stands at, as it is.</summary>
    public ProtoMessage Copy(in ProtoReader read)
    {
        output.WriteTag(read.Field, (WireFormat.WireType)read.Wire);
        switch (read.Wire)
        {
            case WireKind.Varint:
                output.WriteUInt64(read.Number);
                break;
            case WireKind.Fixed64:
                output.WriteFixed64(BinaryPrimitives.ReadUInt64LittleEndian(read.Content));
                break;
            case WireKind.Fixed32:
                output.WriteFixed32(BinaryPrimitives.ReadUInt32LittleEndian(read.Content));
                break;
            default:
                output.WriteBytes(ByteString.CopyFrom(read.Content));
                break;
        }

        return this;
    }

    /// <summary>Packed: one tag and one length for the whole list.</summary>
    public ProtoMessage Singles(int field, ReadOnlySpan<float> values)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteLength(checked(values.Length * sizeof(float)));
        foreach (var value in values)
        {
            output.WriteFloat(value);
        }

        return this;
    }

    /// <summary>Packed: one tag and one length for the whole list.</summary>
    public ProtoMessage Integers(int field, ReadOnlySpan<long> values)
    {
        var length = 0;
        foreach (var value in values)
        {
            length = checked(length + CodedOutputStream.ComputeInt64Size(value));
        }

        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteLength(length);
        foreach (var value in values)
        {
            output.WriteInt64(value);
        }

        return this;
    }

    public byte[] ToArray()
    {
        output.Flush();
        return bytes.ToArray();
    }

    public void Dispose()
    {
        output.Dispose();
        bytes.Dispose();
    }
}
