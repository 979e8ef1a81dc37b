using Google.Protobuf;

namespace Flyball.Tests.Training.Onnx;

/// <summary>Writes any protobuf message, also wrong ones: the tests' own pen, apart from the writer under test.</summary>
internal sealed class Proto
{
    private readonly MemoryStream bytes = new();

    public static implicit operator byte[](Proto message) => message.bytes.ToArray();

    public Proto Int(int field, long value) => Write(output =>
    {
        output.WriteTag(field, WireFormat.WireType.Varint);
        output.WriteInt64(value);
    });

    public Proto Text(int field, string value) => Write(output =>
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteString(value);
    });

    public Proto Bytes(int field, byte[] value) => Write(output =>
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(value));
    });

    public Proto Raw(params byte[] value)
    {
        bytes.Write(value);
        return this;
    }

    /// <summary>NodeProto.</summary>
    public static Proto Node(string operation, string domain = "", byte[]? attribute = null)
    {
        var node = new Proto().Text(1, "x").Text(2, "y").Text(4, operation).Text(7, domain);
        return attribute is null ? node : node.Bytes(5, attribute);
    }

    /// <summary>GraphProto of some nodes.</summary>
    public static Proto Graph(params byte[][] nodes)
    {
        var graph = new Proto();
        foreach (var node in nodes)
        {
            graph.Bytes(1, node);
        }

        return graph.Text(2, "g");
    }

    /// <summary>ModelProto of a graph and functions.</summary>
    public static Proto Model(byte[] graph, params byte[][] functions)
    {
        var model = new Proto().Int(1, 8).Bytes(7, graph).Bytes(8, new Proto().Text(1, "").Int(2, 17));
        foreach (var function in functions)
        {
            model.Bytes(25, function);
        }

        return model;
    }

    /// <summary>FunctionProto in the domain <c>local</c>.</summary>
    public static Proto Function(string name, params byte[][] nodes)
    {
        var function = new Proto().Text(1, name).Text(10, "local");
        foreach (var node in nodes)
        {
            function.Bytes(7, node);
        }

        return function;
    }

    private Proto Write(Action<CodedOutputStream> write)
    {
        using var output = new CodedOutputStream(bytes, leaveOpen: true);
        write(output);
        return this;
    }
}
