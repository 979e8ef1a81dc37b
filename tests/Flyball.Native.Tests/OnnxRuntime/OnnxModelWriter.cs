using System.Runtime.InteropServices;
using System.Text;

namespace Flyball.Native.Tests.OnnxRuntime;

/// <summary>Writes the few fields of an ONNX model that a linear model needs, so that the tests depend on no file.</summary>
internal static class OnnxModelWriter
{
    /// <summary>score = sigmoid(x · weights), or its vector form when <paramref name="outputRank"/> is 1.</summary>
    public static byte[] Logistic(float[] weights, int outputRank = 2, int elementType = 1, int outputColumns = 1)
    {
        var features = weights.Length / outputColumns;
        var nodes = outputRank == 2
            ? new[] { Node("MatMul", ["x", "w"], "z"), Node("Sigmoid", ["z"], "score") }
            : [Node("MatMul", ["x", "w"], "z"), Node("Sigmoid", ["z"], "s"), Node("Squeeze", ["s", "axes"], "score")];
        var graph = new List<byte[]>();
        graph.AddRange(nodes.Select(n => Bytes(1, n)));
        graph.Add(Text(2, "logistic"));
        graph.Add(Bytes(5, Floats("w", [features, outputColumns], weights, elementType)));
        if (outputRank == 1)
        {
            graph.Add(Bytes(5, Longs("axes", [1])));
        }

        graph.Add(Bytes(11, Value("x", elementType, [null, features])));
        graph.Add(Bytes(12, Value("score", elementType, outputRank == 2 ? [null, outputColumns] : [null])));
        return Join(Number(1, 8), Bytes(8, Join(Text(1, ""), Number(2, 13))), Bytes(7, Join([.. graph])));
    }

    /// <summary>y = x, of any type and shape.</summary>
    public static byte[] Identity(int elementType, params int?[] shape) => Join(
        Number(1, 8),
        Bytes(8, Join(Text(1, ""), Number(2, 13))),
        Bytes(7, Join(Bytes(1, Node("Identity", ["x"], "y")), Text(2, "identity"), Bytes(11, Value("x", elementType, shape)), Bytes(12, Value("y", elementType, shape)))));

    private static byte[] Node(string operation, string[] inputs, string output) =>
        Join([.. inputs.Select(i => Text(1, i)), Text(2, output), Text(4, operation)]);

    private static byte[] Floats(string name, int[] shape, float[] values, int elementType)
    {
        var raw = elementType == 1
            ? MemoryMarshal.AsBytes(values.AsSpan()).ToArray()
            : MemoryMarshal.AsBytes(values.Select(v => (double)v).ToArray().AsSpan()).ToArray();
        return Join([.. shape.Select(d => Number(1, d)), Number(2, elementType), Text(8, name), Bytes(9, raw)]);
    }

    private static byte[] Longs(string name, long[] values) =>
        Join(Number(1, values.Length), Number(2, 7), Text(8, name), Bytes(9, MemoryMarshal.AsBytes(values.AsSpan()).ToArray()));

    private static byte[] Value(string name, int elementType, int?[] shape)
    {
        var dimensions = shape.Select(d => Bytes(1, d is { } size ? Number(1, size) : Text(2, "N")));
        var tensor = Join(Number(1, elementType), Bytes(2, Join([.. dimensions])));
        return Join(Text(1, name), Bytes(2, Bytes(1, tensor)));
    }

    private static byte[] Number(int field, long value) => Join(Varint((uint)field << 3), Varint((ulong)value));

    private static byte[] Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    private static byte[] Bytes(int field, byte[] value) => Join(Varint(((uint)field << 3) | 2), Varint((ulong)value.Length), value);

    private static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        bytes.Add((byte)value);
        return [.. bytes];
    }

    private static byte[] Join(params byte[][] parts) => [.. parts.SelectMany(p => p)];
}
