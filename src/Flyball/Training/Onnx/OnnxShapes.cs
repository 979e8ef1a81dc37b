namespace Flyball.Training.Onnx;

/// <summary>Judges the shapes that a graph declares for its inputs, outputs and values. They are hints, and a runtime believes them.</summary>
internal static class OnnxShapes
{
    private const int TypeField = 2;
    private const int TensorField = 1;
    private const int ShapeField = 2;
    private const int DimensionField = 1;
    private const int SizeField = 1;

    /// <summary>What some exporters write for a size that is open.</summary>
    private const long Open = -1;

    /// <summary>ValueInfoProto { name = 1, type = 2 { tensor_type = 1 { shape = 2 { dim = 1 { dim_value = 1 } } } } }.</summary>
    /// <returns>Whether a size is negative, and not merely open.</returns>
    public static bool HasNegative(ReadOnlySpan<byte> valueInfo) => Find(valueInfo, [TypeField, TensorField, ShapeField, DimensionField]);

    private static bool Find(ReadOnlySpan<byte> message, ReadOnlySpan<int> path)
    {
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            var found = path.IsEmpty
                ? reader is { Field: SizeField, Wire: WireKind.Varint } && unchecked((long)reader.Number) < Open
                : reader.Wire == WireKind.Bytes && reader.Field == path[0] && Find(reader.Content, path[1..]);
            if (found)
            {
                return true;
            }
        }

        return false;
    }
}
