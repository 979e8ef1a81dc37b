namespace Flyball.Training.Onnx;

/// <summary>Judges constant tensors: inside the file, not too large, and with exactly the values that their shape says.</summary>
internal sealed class OnnxTensors(OnnxLimits limits, OnnxRefusals problems)
{
    private const int Text = 8;

    private int count;

    public void InspectSparse(ReadOnlySpan<byte> bytes)
    {
        var reader = new ProtoReader(bytes);
        while (reader.Next())
        {
            switch (reader.Field, reader.Wire)
            {
                case (OnnxFields.SparseTensor.Values or OnnxFields.SparseTensor.Indices, WireKind.Bytes):
                    _ = Inspect(reader.Content);
                    break;
                default:
                    // The shape of a sparse tensor may be any size while its values are few: it is unfolded when loaded.
                    problems.Add(OnnxProblems.TensorSize("", "is sparse, which tabular models have no use for"));
                    break;
            }
        }

        Finish(reader);
    }

    /// <returns>The name of the tensor when it holds NaN; null when it does not. Some operators mean missing values by it: the caller knows.</returns>
    public string? Inspect(ReadOnlySpan<byte> bytes)
    {
        if (++count == limits.Tensors + 1)
        {
            problems.Add(OnnxProblems.TooMany("constant tensors", limits.Tensors));
        }

        var seen = new Tally();
        var reader = new ProtoReader(bytes);
        while (reader.Next())
        {
            if (!seen.Add(reader))
            {
                problems.Add(OnnxProblems.Malformed("a tensor", $"Field {reader.Field} is not one that this version knows in this form."));
            }
        }

        Finish(reader);
        if (seen.External)
        {
            problems.Add(OnnxProblems.ExternalTensor(seen.Name));
        }
        else if (reader.Broken is null)
        {
            Judge(seen);
        }

        return seen.HasNaN ? seen.Name : null;
    }

    /// <summary>How many varints a packed list holds: one for each byte without the continuation bit.</summary>
    public static long CountVarints(ReadOnlySpan<byte> packed)
    {
        long numbers = 0;
        foreach (var b in packed)
        {
            numbers += b < 0x80 ? 1 : 0;
        }

        return numbers;
    }

    private void Judge(in Tally seen)
    {
        long elements = 1;
        foreach (var dimension in seen.Dimensions)
        {
            if (dimension < 0 || (dimension > 0 && elements > limits.TensorElements / dimension))
            {
                problems.Add(OnnxProblems.TensorSize(seen.Name, $"has a shape of more than {limits.TensorElements} values"));
                return;
            }

            elements *= dimension;
        }

        var width = WidthOf(seen.DataType);
        if (width < 0)
        {
            problems.Add(OnnxProblems.TensorSize(seen.Name, "has an element type that tabular models have no use for"));
            return;
        }

        // Raw data and typed data at once is not allowed; adding them up refuses it.
        var good = seen.DataType == Text
            ? seen.RawBytes < 0 && seen.Values == elements
            : seen.RawBytes >= 0 ? seen.Values == 0 && seen.RawBytes == elements * width : seen.Values == elements;
        if (!good)
        {
            problems.Add(OnnxProblems.TensorSize(seen.Name, "does not have the number of values that its shape says"));
        }
    }

    /// <summary>Bytes of an element in raw data, by TensorProto.DataType; -1 for types that are refused.</summary>
    private static int WidthOf(ulong dataType) => dataType switch
    {
        1 or 6 or 12 => 4, // float, int32, uint32
        2 or 3 or 9 => 1, // uint8, int8, bool
        4 or 5 or 10 or 16 => 2, // uint16, int16, float16, bfloat16
        7 or 11 or 13 => 8, // int64, double, uint64
        Text => 0,
        _ => -1,
    };

    private void Finish(ProtoReader reader)
    {
        if (reader.Broken is { } reason)
        {
            problems.Add(OnnxProblems.Malformed("a tensor", reason));
        }
    }

    /// <summary>The fields of one tensor, counted as they come.</summary>
    private ref struct Tally()
    {
        private const int MaxRank = 16;

        public List<long> Dimensions { get; } = [];

        public string Name { get; private set; } = "";

        public ulong DataType { get; private set; }

        public bool External { get; private set; }

        public long Values { get; private set; }

        public long RawBytes { get; private set; } = -1;

        /// <summary>Known once all fields are read: the type may stand behind the values.</summary>
        public readonly bool HasNaN => typedNaN || OnnxNumbers.HasNaN(raw, DataType);

        private ReadOnlySpan<byte> raw = [];
        private bool typedNaN;

        public bool Add(ProtoReader reader)
        {
            switch (reader.Field, reader.Wire)
            {
                case (OnnxFields.Tensor.Dims, WireKind.Varint):
                    return AddDimension(reader.Number);
                case (OnnxFields.Tensor.Dims, WireKind.Bytes):
                    return AddDimensions(reader.Content);
                case (OnnxFields.Tensor.DataType, WireKind.Varint):
                    DataType = reader.Number;
                    return true;
                case (OnnxFields.Tensor.FloatData, WireKind.Fixed32):
                    return AddNumbers(reader.Content, sizeof(float), 1);
                case (OnnxFields.Tensor.DoubleData, WireKind.Fixed64):
                    return AddNumbers(reader.Content, sizeof(double), 11);
                case (OnnxFields.Tensor.Int32Data or OnnxFields.Tensor.Int64Data or OnnxFields.Tensor.Uint64Data, WireKind.Varint):
                case (OnnxFields.Tensor.StringData, WireKind.Bytes):
                    Values++;
                    return true;
                case (OnnxFields.Tensor.FloatData, WireKind.Bytes):
                    return AddNumbers(reader.Content, sizeof(float), 1);
                case (OnnxFields.Tensor.DoubleData, WireKind.Bytes):
                    return AddNumbers(reader.Content, sizeof(double), 11);
                case (OnnxFields.Tensor.Int32Data or OnnxFields.Tensor.Int64Data or OnnxFields.Tensor.Uint64Data, WireKind.Bytes):
                    Values += CountVarints(reader.Content);
                    return reader.Content.IsEmpty || reader.Content[^1] < 0x80;
                case (OnnxFields.Tensor.RawData, WireKind.Bytes):
                    RawBytes = reader.Content.Length;
                    raw = reader.Content;
                    return true;
                case (OnnxFields.Tensor.Name, WireKind.Bytes):
                    Name = reader.Text();
                    return true;
                case (OnnxFields.Tensor.DocString or OnnxFields.Tensor.MetadataProps, WireKind.Bytes):
                    return true;
                case (OnnxFields.Tensor.ExternalData, WireKind.Bytes):
                    External = true;
                    return true;
                case (OnnxFields.Tensor.DataLocation, WireKind.Varint):
                    // Any value but DEFAULT, also one that a reader with narrower numbers would cut down to EXTERNAL.
                    External |= reader.Number != 0;
                    return true;
                default:
                    return false;
            }
        }

        private bool AddNumbers(ReadOnlySpan<byte> packed, int width, ulong dataType)
        {
            Values += packed.Length / width;
            typedNaN |= packed.Length % width == 0 && OnnxNumbers.HasNaN(packed, dataType);
            return packed.Length % width == 0;
        }

        private readonly bool AddDimension(ulong number)
        {
            Dimensions.Add(unchecked((long)number));
            return Dimensions.Count <= MaxRank;
        }

        private readonly bool AddDimensions(ReadOnlySpan<byte> packed)
        {
            var rest = packed;
            while (!rest.IsEmpty)
            {
                ulong value = 0;
                var length = 0;
                do
                {
                    if (length == rest.Length || length == 10)
                    {
                        return false;
                    }

                    value |= (ulong)(rest[length] & 0x7F) << (7 * length);
                }
                while (rest[length++] >= 0x80);

                if (!AddDimension(value))
                {
                    return false;
                }

                rest = rest[length..];
            }

            return true;
        }
    }
}
