using System.Buffers;
using System.Buffers.Binary;
using Flyball.Server.Protocols.OpenInference;

namespace Flyball.Server.Protocols.InferenceGrpc;

/// <summary>The one message of a unary call: a byte that says whether it is packed, its length in four bytes big-endian, and as many bytes.</summary>
internal static class GrpcFrame
{
    public const int HeadSize = 5;

    /// <summary>The message of a body.</summary>
    /// <param name="encoding">How the call says that it packs messages; null or empty when it does not.</param>
    /// <exception cref="GrpcException">12: it is packed in a form that is not taken. 8: it is too large. 3: there is none, it is cut off, or something follows it.</exception>
    /// <exception cref="Engine.Problems.FlyballException">FLY4013, FLY5072: it is too large when it is unpacked, or is not packed at all.</exception>
    public static ReadOnlyMemory<byte> Open(ReadOnlyMemory<byte> body, string? encoding)
    {
        if (body.Length < HeadSize)
        {
            throw new GrpcException(GrpcStatus.InvalidArgument, "The call has no message.");
        }

        var head = body.Span;
        var isPacked = head[0] == 1;
        if (head[0] > 1)
        {
            throw new GrpcException(GrpcStatus.InvalidArgument, "The message's first byte is neither 0 nor 1.");
        }

        if (isPacked && (encoding is null || !PackedBodies.IsTaken(encoding)))
        {
            throw new GrpcException(GrpcStatus.Unimplemented, "Packed messages are taken as gzip or deflate, and grpc-encoding names neither.");
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(head[1..]);
        return length == (uint)(body.Length - HeadSize)
            ? isPacked ? PackedBodies.Unpack(body[HeadSize..], encoding!, InferenceLimits.MostBytes) : body[HeadSize..]
            : throw (length > InferenceLimits.MostBytes
                ? TooLarge()
                : new GrpcException(GrpcStatus.InvalidArgument, FormattableString.Invariant($"The message is said to have {length} bytes, and {body.Length - HeadSize} came.")));
    }

    public static GrpcException TooLarge() => new(GrpcStatus.ResourceExhausted, $"The message is larger than {InferenceLimits.MostBytes} bytes.");

    /// <summary>Writes a message as it is sent.</summary>
    public static void Write(ReadOnlySpan<byte> message, IBufferWriter<byte> into)
    {
        var head = into.GetSpan(HeadSize);
        head[0] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(head[1..], (uint)message.Length);
        into.Advance(HeadSize);
        into.Write(message);
    }
}
