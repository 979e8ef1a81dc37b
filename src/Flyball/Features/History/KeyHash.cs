using System.Buffers.Binary;

namespace Flyball.Features.History;

/// <summary>
/// A hash of an encoded key that is the same on every machine: buckets of separate runs must part the entities alike. Words are folded in by
/// multiplication; the end is that of SplitMix64 (G. Steele, D. Lea, C. Flood, Fast splittable pseudorandom number generators, 2014).
/// </summary>
internal static class KeyHash
{
    /// <summary>Length of the cell of an integer, a number or a timestamp.</summary>
    public const int CellBytes = 9;

    private const ulong Fold = 0x9E3779B97F4A7C15;

    public static ulong Of(ReadOnlySpan<byte> key)
    {
        unchecked
        {
            var hash = (ulong)key.Length * Fold;
            for (; key.Length >= 8; key = key[8..])
            {
                hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(key)) * Fold;
            }

            ulong last = 0;
            for (var i = key.Length - 1; i >= 0; i--)
            {
                last = (last << 8) | key[i];
            }

            return Mix(hash ^ last);
        }
    }

    /// <summary>The hash of a key of one cell with 64 bits, such as an integer's. Keys of one last byte never share a hash: every step can be undone.</summary>
    public static ulong Of(byte kind, long bits)
    {
        unchecked
        {
            var hash = CellBytes * Fold;
            hash = Mix(hash ^ (kind | ((ulong)bits << 8))) * Fold;
            return Mix(hash ^ ((ulong)bits >> 56));
        }
    }

    private static ulong Mix(ulong z)
    {
        unchecked
        {
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }
}
