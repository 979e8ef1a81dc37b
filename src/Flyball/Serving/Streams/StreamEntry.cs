using System.Buffers.Binary;
using System.Text.Json;

namespace Flyball.Serving.Streams;

/// <summary>
/// One record of an output stream: what became of one event. It names the event's position, so that what was done and how far it was done are one
/// record.
/// </summary>
/// <param name="Input">Position of the event in the event log; of the first record of a stream, where it began.</param>
/// <param name="At">Its place among the records that were written with it, from 0.</param>
/// <param name="Json">What readers get; empty for the first record of a stream, which no event brought about.</param>
/// <param name="Record">The prediction as the prediction log has it; empty when there is none.</param>
internal readonly record struct StreamEntry(long Input, int At, ReadOnlyMemory<byte> Json, ReadOnlyMemory<byte> Record)
{
    private const byte Format = 1;
    private const int Head = 1 + sizeof(long) + sizeof(int) + sizeof(int);

    public bool IsBegin => Json.IsEmpty;

    public byte[] Encode()
    {
        var bytes = new byte[Head + Json.Length + Record.Length];
        bytes[0] = Format;
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(1), Input);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(9), At);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(13), Json.Length);
        Json.Span.CopyTo(bytes.AsSpan(Head));
        Record.Span.CopyTo(bytes.AsSpan(Head + Json.Length));
        return bytes;
    }

    /// <exception cref="InvalidDataException">The bytes are no such record.</exception>
    public static StreamEntry Decode(ReadOnlyMemory<byte> bytes)
    {
        var span = bytes.Span;
        var length = span.Length >= Head && span[0] == Format ? BinaryPrimitives.ReadInt32LittleEndian(span[13..]) : -1;
        return length >= 0 && length <= span.Length - Head
            ? new StreamEntry(
                BinaryPrimitives.ReadInt64LittleEndian(span[1..]), BinaryPrimitives.ReadInt32LittleEndian(span[9..]), bytes.Slice(Head, length), bytes[(Head + length)..])
            : throw new InvalidDataException("A record of a stream of predictions cannot be read.");
    }

    /// <summary>Writes the record as a reader gets it.</summary>
    /// <param name="seq">Its own position, which a reader goes on behind.</param>
    /// <param name="writer">Stands where a value may be written.</param>
    public void Write(long seq, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteNumber("seq", seq);
        writer.WriteNumber("input_seq", Input);
        using var content = JsonDocument.Parse(Json);
        foreach (var member in content.RootElement.EnumerateObject())
        {
            member.WriteTo(writer);
        }

        writer.WriteEndObject();
    }
}
