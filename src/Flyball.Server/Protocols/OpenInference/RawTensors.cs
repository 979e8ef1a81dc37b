using System.Buffers.Binary;
using System.Text.Unicode;

namespace Flyball.Server.Protocols.OpenInference;

/// <summary>Reads tensors from raw bytes: little-endian, row by row; BOOL is a byte of 0 or 1, BYTES a length of four bytes and as many bytes for each element.</summary>
internal static class RawTensors
{
    private const int LengthSize = 4;

    /// <exception cref="Engine.Problems.FlyballException">FLY3402: the bytes are not as many as the shape says. FLY3404: an element is not finite, too large, or no UTF-8.</exception>
    public static InputTensor Read(in TensorHead head, ReadOnlyMemory<byte> bytes)
    {
        if (head.Type == TensorType.Bytes)
        {
            return new InputTensor(head.Name, head.Type, head.Rows) { Texts = Texts(head, bytes) };
        }

        var size = TensorTypes.SizeOf(head.Type);
        if (bytes.Length != head.Rows * size)
        {
            throw InferenceRefusals.Tensor(
                head.Name, FormattableString.Invariant($"{head.Rows} elements of {TensorTypes.NameOf(head.Type)} have {head.Rows * size} bytes, and {bytes.Length} came."));
        }

        return TensorTypes.IsReal(head.Type)
            ? new InputTensor(head.Name, head.Type, head.Rows) { Reals = Reals(head, bytes.Span, size) }
            : new InputTensor(head.Name, head.Type, head.Rows) { Wholes = Wholes(head, bytes.Span, size) };
    }

    private static double[] Reals(in TensorHead head, ReadOnlySpan<byte> bytes, int size)
    {
        var values = new double[head.Rows];
        for (var i = 0; i < values.Length; i++)
        {
            var one = bytes.Slice(i * size, size);
            values[i] = head.Type switch
            {
                TensorType.Fp16 => (double)BinaryPrimitives.ReadHalfLittleEndian(one),
                TensorType.Fp32 => BinaryPrimitives.ReadSingleLittleEndian(one),
                _ => BinaryPrimitives.ReadDoubleLittleEndian(one),
            };
            if (!double.IsFinite(values[i]))
            {
                throw InferenceRefusals.Element(head.Name, i, "The number is not finite.");
            }
        }

        return values;
    }

    private static long[] Wholes(in TensorHead head, ReadOnlySpan<byte> bytes, int size)
    {
        var values = new long[head.Rows];
        for (var i = 0; i < values.Length; i++)
        {
            var one = bytes.Slice(i * size, size);
            values[i] = head.Type switch
            {
                TensorType.Bool when one[0] > 1 => throw InferenceRefusals.Element(head.Name, i, "The byte of a BOOL is neither 0 nor 1."),
                TensorType.Bool or TensorType.Uint8 => one[0],
                TensorType.Int8 => (sbyte)one[0],
                TensorType.Uint16 => BinaryPrimitives.ReadUInt16LittleEndian(one),
                TensorType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(one),
                TensorType.Uint32 => BinaryPrimitives.ReadUInt32LittleEndian(one),
                TensorType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(one),
                _ => BinaryPrimitives.ReadInt64LittleEndian(one),
            };
            if (head.Type == TensorType.Uint64 && values[i] < 0)
            {
                throw InferenceRefusals.Element(head.Name, i, "The number is larger than 2^63 - 1.");
            }
        }

        return values;
    }

    private static ReadOnlyMemory<byte>[] Texts(in TensorHead head, ReadOnlyMemory<byte> bytes)
    {
        var texts = new ReadOnlyMemory<byte>[head.Rows];
        var rest = bytes;
        for (var i = 0; i < texts.Length; i++)
        {
            if (rest.Length < LengthSize || BinaryPrimitives.ReadUInt32LittleEndian(rest.Span) is var length && length > rest.Length - LengthSize)
            {
                throw InferenceRefusals.Tensor(head.Name, FormattableString.Invariant($"Element {i} of BYTES is longer than what came."));
            }

            texts[i] = rest.Slice(LengthSize, (int)length);
            rest = rest[(LengthSize + (int)length)..];
        }

        return rest.IsEmpty ? Checked(head.Name, texts) : throw InferenceRefusals.Tensor(head.Name, FormattableString.Invariant($"{rest.Length} bytes follow the last element."));
    }

    /// <summary>The texts, all of them UTF-8.</summary>
    public static ReadOnlyMemory<byte>[] Checked(string name, ReadOnlyMemory<byte>[] texts)
    {
        for (var i = 0; i < texts.Length; i++)
        {
            if (!Utf8.IsValid(texts[i].Span))
            {
                throw InferenceRefusals.Element(name, i, "The text is not UTF-8.");
            }
        }

        return texts;
    }
}
