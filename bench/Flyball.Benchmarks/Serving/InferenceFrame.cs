using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;

namespace Flyball.Benchmarks.Serving;

/// <summary>A call of <c>ModelInfer</c> as it goes over the wire: the rows of plain requests as raw tensors, in the way that clients of the protocol make it.</summary>
internal static class InferenceFrame
{
    public const string Path = "/inference.GRPCInferenceService/ModelInfer";

    /// <param name="rows">Flat objects of one whole number <c>id</c> and other numbers.</param>
    public static byte[] Of(string model, IReadOnlyList<JsonObject> rows)
    {
        var names = rows[0].Select(m => m.Key).ToList();
        var message = new ArrayBufferWriter<byte>();
        Text(message, 1, model);
        foreach (var name in names)
        {
            var tensor = new ArrayBufferWriter<byte>();
            Text(tensor, 1, name);
            Text(tensor, 2, name == "id" ? "INT64" : "FP64");
            var shape = new ArrayBufferWriter<byte>();
            Varint(shape, (ulong)rows.Count);
            Bytes(tensor, 3, shape.WrittenSpan);
            Bytes(message, 5, tensor.WrittenSpan);
        }

        foreach (var name in names)
        {
            var raw = new byte[rows.Count * 8];
            for (var r = 0; r < rows.Count; r++)
            {
                if (name == "id")
                {
                    BinaryPrimitives.WriteInt64LittleEndian(raw.AsSpan(r * 8), rows[r][name]!.GetValue<long>());
                }
                else
                {
                    BinaryPrimitives.WriteDoubleLittleEndian(raw.AsSpan(r * 8), rows[r][name]!.GetValue<double>());
                }
            }

            Bytes(message, 7, raw);
        }

        var frame = new byte[5 + message.WrittenCount];
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), (uint)message.WrittenCount);
        message.WrittenSpan.CopyTo(frame.AsSpan(5));
        return frame;
    }

    private static void Text(ArrayBufferWriter<byte> into, int field, string text) => Bytes(into, field, Encoding.UTF8.GetBytes(text));

    private static void Bytes(ArrayBufferWriter<byte> into, int field, ReadOnlySpan<byte> value)
    {
        Varint(into, ((ulong)field << 3) | 2);
        Varint(into, (ulong)value.Length);
        into.Write(value);
    }

    private static void Varint(ArrayBufferWriter<byte> into, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            into.Write([(byte)(value | 0x80)]);
        }

        into.Write([(byte)value]);
    }
}
