using System.Text;

namespace Flyball.Training.Onnx;

/// <summary>
/// Reads protobuf fields out of bytes that nobody vouches for. It never reads past its span, never allocates by a length
/// it was told, and turns into <see cref="Broken"/> at the first byte that makes no sense.
/// </summary>
internal ref struct ProtoReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> rest = bytes;

    /// <summary>What made no sense; null while all is well.</summary>
    public string? Broken { get; private set; }

    /// <summary>Number of the field that <see cref="Next"/> stopped at.</summary>
    public int Field { get; private set; }

    public WireKind Wire { get; private set; }

    /// <summary>The value of a varint field.</summary>
    public ulong Number { get; private set; }

    /// <summary>The content of a length-delimited or fixed-width field.</summary>
    public ReadOnlySpan<byte> Content { get; private set; }

    /// <summary>Moves to the next field. False at the end and when broken.</summary>
    public bool Next()
    {
        if (rest.IsEmpty || Broken is not null)
        {
            return false;
        }

        if (!Varint(out var tag))
        {
            return false;
        }

        if (tag >> 3 is 0 or > 0x1FFF_FFFF)
        {
            Broken = "A field has a number that protobuf does not allow.";
            return false;
        }

        Field = (int)(tag >> 3);
        Wire = (WireKind)(tag & 7);
        return Wire switch
        {
            WireKind.Varint => NumberFollows(),
            WireKind.Fixed64 => Take(8),
            WireKind.Bytes => Varint(out var length) && Take(length),
            WireKind.Fixed32 => Take(4),
            _ => Refuse("A field has a wire type that ONNX does not use."),
        };
    }

    /// <summary>The content as UTF-8 text. It is as long as the sender wished: cut it before showing it.</summary>
    public readonly string Text() => Encoding.UTF8.GetString(Content);

    private bool NumberFollows()
    {
        var good = Varint(out var number);
        Number = number;
        return good;
    }

    private bool Take(ulong length)
    {
        if (length > (ulong)rest.Length)
        {
            return Refuse("A field is longer than what is left: the file is truncated or damaged.");
        }

        Content = rest[..(int)length];
        rest = rest[(int)length..];
        return true;
    }

    private bool Varint(out ulong value)
    {
        value = 0;
        for (var i = 0; i < 10 && i < rest.Length; i++)
        {
            value |= (ulong)(rest[i] & 0x7F) << (7 * i);
            if (rest[i] < 0x80)
            {
                rest = rest[(i + 1)..];
                return true;
            }
        }

        return Refuse("A number does not end: the file is truncated or damaged.");
    }

    private bool Refuse(string reason)
    {
        Broken = reason;
        return false;
    }
}
