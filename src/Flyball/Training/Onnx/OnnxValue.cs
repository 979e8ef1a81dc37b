namespace Flyball.Training.Onnx;

/// <summary>An output of a graph as it is declared.</summary>
/// <param name="Name">Of the value.</param>
/// <param name="Element">Type of the elements as the format numbers them; null when it is no tensor.</param>
/// <param name="Width">Values a row: the last dimension, 1 of a single one; null when it is open or not said.</param>
internal sealed record OnnxValue(string Name, long? Element, long? Width)
{
    private const int TypeField = 2;
    private const int TensorField = 1;
    private const int ShapeField = 2;

    /// <summary>ValueInfoProto { name = 1, type = 2 { tensor_type = 1 { elem_type = 1, shape = 2 { dim = 1 { dim_value = 1 } } } } }.</summary>
    public static OnnxValue Read(ReadOnlySpan<byte> info)
    {
        var (name, element, width) = ("", (long?)null, (long?)null);
        var reader = new ProtoReader(info);
        while (reader.Next())
        {
            if (reader is { Field: 1, Wire: WireKind.Bytes })
            {
                name = reader.Text();
            }
            else if (reader is { Field: TypeField, Wire: WireKind.Bytes })
            {
                (element, width) = ReadType(reader.Content);
            }
        }

        return new OnnxValue(name, element, width);
    }

    private static (long? Element, long? Width) ReadType(ReadOnlySpan<byte> type)
    {
        var reader = new ProtoReader(type);
        while (reader.Next())
        {
            if (reader is { Field: TensorField, Wire: WireKind.Bytes })
            {
                return ReadTensor(reader.Content);
            }
        }

        return (null, null);
    }

    private static (long? Element, long? Width) ReadTensor(ReadOnlySpan<byte> tensor)
    {
        var (element, width) = ((long?)0, (long?)null);
        var reader = new ProtoReader(tensor);
        while (reader.Next())
        {
            if (reader is { Field: 1, Wire: WireKind.Varint })
            {
                element = (long)reader.Number;
            }
            else if (reader is { Field: ShapeField, Wire: WireKind.Bytes })
            {
                width = ReadShape(reader.Content);
            }
        }

        return (element, width);
    }

    private static long? ReadShape(ReadOnlySpan<byte> shape)
    {
        var (rank, last) = (0, (long?)null);
        var reader = new ProtoReader(shape);
        while (reader.Next())
        {
            if (reader is { Field: 1, Wire: WireKind.Bytes })
            {
                rank++;
                last = null;
                var dimension = new ProtoReader(reader.Content);
                while (dimension.Next())
                {
                    last = dimension is { Field: 1, Wire: WireKind.Varint, Number: > 0 } ? (long)dimension.Number : last;
                }
            }
        }

        return rank == 1 ? 1 : last;
    }
}
