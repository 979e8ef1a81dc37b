using System.Buffers.Binary;
using Flyball.Server.Protocols.OpenInference;

namespace Flyball.Server.Protocols.InferenceGrpc;

/// <summary>An <c>InferInputTensor</c>, with its contents when it has any.</summary>
internal sealed class InputMessage
{
    private long[] shape = [];

    /// <summary>Null where the values are raw, as clients send them.</summary>
    private List<ulong>? wholes;

    private List<ReadOnlyMemory<byte>>? values;
    private string name = "";
    private string datatype = "";

    /// <summary>Field of the contents that has the values; 0 for none.</summary>
    private int place;

    private bool isMixed;

    public bool HasContents => place != 0;

    public static InputMessage Read(ReadOnlyMemory<byte> message)
    {
        var input = new InputMessage();
        var reader = new WireReader(message);
        var sizes = new List<ulong>(2);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    input.name = reader.Text();
                    break;
                case 2:
                    input.datatype = reader.Text();
                    break;
                case 3:
                    reader.Wholes(sizes, most: 8);
                    break;
                case 5:
                    input.ReadContents(reader.Bytes());
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        input.shape = new long[sizes.Count];
        for (var d = 0; d < sizes.Count; d++)
        {
            input.shape[d] = (long)sizes[d];
        }

        return input;
    }

    public TensorHead Head() => TensorHead.Of(name, datatype, shape);

    /// <summary>Its values from the list that its datatype has.</summary>
    public InputTensor Typed()
    {
        var head = Head();
        if (isMixed || place != PlaceOf(head.Type))
        {
            throw InferenceRefusals.Tensor(name, place == 0 ? "The tensor has no contents." : $"The contents are not those of {TensorTypes.NameOf(head.Type)}.");
        }

        var count = (wholes?.Count ?? 0) + (values?.Count ?? 0);
        if (count != head.Rows)
        {
            throw InferenceRefusals.Tensor(name, FormattableString.Invariant($"The shape says {head.Rows} values, and {count} came."));
        }

        var tensor = new InputTensor(name, head.Type, head.Rows);
        return head.Type switch
        {
            TensorType.Bytes => tensor with { Texts = RawTensors.Checked(name, [.. values!]) },
            TensorType.Fp32 or TensorType.Fp64 => tensor with { Reals = Reals(head) },
            _ => tensor with { Wholes = Wholes(head) },
        };
    }

    private static int PlaceOf(TensorType type) => type switch
    {
        TensorType.Bool => 1,
        TensorType.Int8 or TensorType.Int16 or TensorType.Int32 => 2,
        TensorType.Int64 => 3,
        TensorType.Uint8 or TensorType.Uint16 or TensorType.Uint32 => 4,
        TensorType.Uint64 => 5,
        TensorType.Fp32 => 6,
        TensorType.Fp64 => 7,
        TensorType.Bytes => 8,

        // FP16 has no list.
        _ => -1,
    };

    private void ReadContents(ReadOnlyMemory<byte> message)
    {
        var reader = new WireReader(message);
        while (reader.Next())
        {
            isMixed |= place != 0 && place != reader.Field;
            place = reader.Field;
            switch (reader.Field)
            {
                case >= 1 and <= 5:
                    reader.Wholes(wholes ??= [], InferenceLimits.MostRows);
                    break;
                case 6 or 7:
                    reader.Fixed(values ??= [], reader.Field == 6 ? 4 : 8, InferenceLimits.MostRows);
                    break;
                case 8:
                    (values ??= []).Add(reader.Bytes());
                    WireReader.Bound(values.Count, InferenceLimits.MostRows);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
    }

    private double[] Reals(in TensorHead head)
    {
        var reals = new double[head.Rows];
        for (var i = 0; i < reals.Length; i++)
        {
            reals[i] = head.Type == TensorType.Fp32 ? BinaryPrimitives.ReadSingleLittleEndian(values![i].Span) : BinaryPrimitives.ReadDoubleLittleEndian(values![i].Span);
            if (!double.IsFinite(reals[i]))
            {
                throw InferenceRefusals.Element(name, i, "The number is not finite.");
            }
        }

        return reals;
    }

    private long[] Wholes(in TensorHead head)
    {
        var (least, most) = head.Type == TensorType.Bool ? (0, 1) : TensorTypes.RangeOf(head.Type);
        var read = new long[head.Rows];
        for (var i = 0; i < read.Length; i++)
        {
            read[i] = (long)wholes![i];
            if (read[i] < least || read[i] > most)
            {
                throw InferenceRefusals.Element(name, i, $"The number is no {TensorTypes.NameOf(head.Type)}{(head.Type == TensorType.Uint64 ? " up to 2^63 - 1" : "")}.");
            }
        }

        return read;
    }
}
