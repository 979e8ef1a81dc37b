using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Flyball.Engine.Expressions;
using Flyball.Engine.Identity;

namespace Flyball.Serving.Degradation;

/// <summary>What a score was made from: the version's digest and the digest of its feature vector, bit for bit.</summary>
internal readonly record struct ScoreKey(Digest Model, Digest Vector)
{
    private const byte NullKind = 255;
    private const int FeatureSize = 1 + 8;

    /// <summary>The key of a vector. Cost: one SHA-256 over nine bytes a feature, and the bytes of texts.</summary>
    public static ScoreKey Of(Digest model, ReadOnlySpan<Value> vector)
    {
        var size = vector.Length * FeatureSize;
        foreach (ref readonly var value in vector)
        {
            size += value.Kind == ScalarType.Text ? Encoding.UTF8.GetByteCount(value.AsText) : 0;
        }

        var bytes = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            Write(vector, bytes);
            return new ScoreKey(model, Digest.Of(bytes.AsSpan(0, size)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private static void Write(ReadOnlySpan<Value> vector, Span<byte> into)
    {
        foreach (ref readonly var value in vector)
        {
            // A text's length stands before its bytes, so that no two vectors come to the same bytes.
            into[0] = value.Kind is { } kind ? (byte)kind : NullKind;
            BinaryPrimitives.WriteInt64LittleEndian(into[1..], value.IsNull ? 0 : PredictionCodec.Bits(value));
            into = into[FeatureSize..];
            if (value.Kind == ScalarType.Text)
            {
                into = into[Encoding.UTF8.GetBytes(value.AsText, into)..];
            }
        }
    }
}
