using System.Buffers.Binary;
using System.Globalization;
using Flyball.Engine.Expressions;
using Flyball.Engine.Identity;
using Flyball.Training.Tasks;

namespace Flyball.Training.Splits;

/// <summary>A number of 64 bits that follows from a key and a seed alone: the first eight bytes of the SHA-256 of <c>seed|key</c>.</summary>
internal static class KeyHash
{
    public static ulong Of(in Value key, long seed) =>
        BinaryPrimitives.ReadUInt64BigEndian(Digest.Of(string.Create(CultureInfo.InvariantCulture, $"{seed}|{(key.IsNull ? "" : PlainText.Of(key))}")).ToBytes());

    /// <summary>The same as a number in [0, 1).</summary>
    public static double ShareOf(in Value key, long seed) => (Of(key, seed) >> 11) * (1.0 / (1UL << 53));
}
