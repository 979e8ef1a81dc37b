using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Flyball.Server.Protocols.InferenceGrpc;

/// <summary>
/// Reads a protobuf message field by field, without copies: every length is held against what is there. Fields that nobody asks for are passed over.
/// </summary>
internal ref struct WireReader(ReadOnlyMemory<byte> message)
{
    private const int LongestVarint = 10;

    /// <summary>Texts that a thread keeps: a power of two.</summary>
    private const int Places = 256;

    /// <summary>In bytes; longer ones are made anew.</summary>
    private const int LongestKept = 64;

    [ThreadStatic]
    private static string?[]? textsOfThread;

    private readonly ReadOnlySpan<byte> bytes = message.Span;
    private readonly ReadOnlyMemory<byte> message = message;
    private int at;
    private int wire;

    /// <summary>Number of the field that <see cref="Next"/> found.</summary>
    public int Field { get; private set; }

    /// <summary>Goes to the next field; the one before must have been read or skipped. False at the end.</summary>
    /// <exception cref="GrpcException">The message is cut off or has a tag that is none.</exception>
    public bool Next()
    {
        if (at == bytes.Length)
        {
            return false;
        }

        var tag = Varint();
        (Field, wire) = ((int)(tag >> 3), (int)(tag & 7));
        return tag <= uint.MaxValue && Field > 0 ? true : throw Broken();
    }

    public ulong Whole() => wire == 0 ? Varint() : throw Broken();

    public bool Flag() => Whole() != 0;

    public double Real() => wire == 1 ? BinaryPrimitives.ReadDoubleLittleEndian(Take(8).Span) : throw Broken();

    public ReadOnlyMemory<byte> Bytes() => wire == 2 ? Take(Length()) : throw Broken();

    public string Text()
    {
        var text = Bytes().Span;
        if (text.IsEmpty)
        {
            return "";
        }

        // Names of tensors and datatypes: every request has the same.
        var places = textsOfThread ??= new string[Places];
        ref var known = ref places[(text.Length + (text[0] * 31) + (text[^1] * 7)) & (Places - 1)];
        if (known is not null && Ascii.Equals(text, known))
        {
            return known;
        }

        var read = Utf8.IsValid(text) ? Encoding.UTF8.GetString(text) : throw new GrpcException(GrpcStatus.InvalidArgument, "A text of the message is not UTF-8.");
        if (text.Length <= LongestKept)
        {
            known = read;
        }

        return read;
    }

    /// <summary>Adds the whole numbers of a field, packed or one by one.</summary>
    public void Wholes(List<ulong> into, int most)
    {
        if (wire == 0)
        {
            into.Add(Varint());
        }
        else
        {
            var packed = new WireReader(Bytes());
            while (packed.at < packed.bytes.Length && into.Count <= most)
            {
                into.Add(packed.Varint());
            }
        }

        Bound(into.Count, most);
    }

    /// <summary>Adds the fixed values of a field, packed or one by one, as they are.</summary>
    public void Fixed(List<ReadOnlyMemory<byte>> into, int size, int most)
    {
        if (wire == (size == 4 ? 5 : 1))
        {
            into.Add(Take(size));
        }
        else
        {
            var packed = Bytes();
            if (packed.Length % size != 0)
            {
                throw Broken();
            }

            for (; !packed.IsEmpty && into.Count <= most; packed = packed[size..])
            {
                into.Add(packed[..size]);
            }
        }

        Bound(into.Count, most);
    }

    /// <exception cref="GrpcException">There are more than a request may have.</exception>
    public static void Bound(int count, int most)
    {
        if (count > most)
        {
            throw new GrpcException(GrpcStatus.InvalidArgument, $"A list of the message has more than {most} members.");
        }
    }

    public void Skip()
    {
        switch (wire)
        {
            case 0:
                Varint();
                break;
            case 1:
                Take(8);
                break;
            case 2:
                Take(Length());
                break;
            case 5:
                Take(4);
                break;
            default:
                throw Broken();
        }
    }

    private static GrpcException Broken() => new(GrpcStatus.InvalidArgument, "The message is not of the protocol: it is cut off, or a field is not of its type.");

    private int Length() => Varint() is var length && length <= (ulong)(bytes.Length - at) ? (int)length : throw Broken();

    private ReadOnlyMemory<byte> Take(int count)
    {
        if (count > bytes.Length - at)
        {
            throw Broken();
        }

        var taken = message.Slice(at, count);
        at += count;
        return taken;
    }

    private ulong Varint()
    {
        // Nearly all are one byte.
        if (at < bytes.Length && bytes[at] < 0x80)
        {
            return bytes[at++];
        }

        var value = 0UL;
        for (var i = 0; i < LongestVarint && at < bytes.Length; i++)
        {
            var one = bytes[at++];
            value |= (ulong)(one & 0x7F) << (7 * i);
            if (one < 0x80)
            {
                return i < LongestVarint - 1 || one <= 1 ? value : throw Broken();
            }
        }

        throw Broken();
    }
}
