using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Flyball.Engine.Problems;

namespace Flyball.Engine.Sequential;

/// <summary>
/// Where a unit stands in a rollout, from nothing but the rollout's salt and the unit's name.
/// <list type="number">
/// <item>k is the first 8 bytes, big-endian, of SHA-256(UTF-8(salt + ":" + unit)); u = k / 2^64.</item>
/// <item>The unit is in a share s iff u &lt; s, decided in whole numbers as k &lt; ceil(s * 2^64): 0 takes no one, 1 everyone.</item>
/// <item>So widening a share moves nobody out, narrowing sends back the margin only, and another salt splits independently.</item>
/// </list>
/// </summary>
public static class StickyAssignment
{
    private const int StackLimit = 512;

    // An unpaired surrogate has no UTF-8 form: replacing it would make two units one.
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>k of a unit. No allocation for names of usual length.</summary>
    /// <exception cref="ArgumentException">A string holds an unpaired surrogate.</exception>
    public static ulong Position(string salt, string unit)
    {
        ArgumentNullException.ThrowIfNull(salt);
        ArgumentNullException.ThrowIfNull(unit);
        var length = StrictUtf8.GetByteCount(salt) + 1 + StrictUtf8.GetByteCount(unit);
        var bytes = length <= StackLimit ? stackalloc byte[length] : new byte[length];
        var written = StrictUtf8.GetBytes(salt, bytes);
        bytes[written++] = (byte)':';
        StrictUtf8.GetBytes(unit, bytes[written..]);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, digest);
        return BinaryPrimitives.ReadUInt64BigEndian(digest);
    }

    /// <summary>ceil(share * 2^64), exactly.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The share is not in 0..1.</exception>
    public static UInt128 Threshold(decimal share)
    {
        if (share is < 0 or > 1)
        {
            throw new ArgumentOutOfRangeException(nameof(share), share, "A share lies in 0..1.");
        }

        Span<int> parts = stackalloc int[4];
        decimal.GetBits(share, parts);
        var digits = (new BigInteger(unchecked((uint)parts[2])) << 64)
            | (new BigInteger(unchecked((uint)parts[1])) << 32)
            | unchecked((uint)parts[0]);
        var divisor = BigInteger.Pow(10, (parts[3] >> 16) & 0xFF);
        return (UInt128)(((digits << 64) + divisor - 1) / divisor);
    }

    /// <summary>Whether a position lies in a share whose threshold is known: the form for a hot path.</summary>
    public static bool IsIn(ulong position, UInt128 threshold) => position < threshold;

    /// <summary>Whether a unit is in a share, 0..1.</summary>
    public static bool IsIn(string salt, string unit, decimal share) => IsIn(Position(salt, unit), Threshold(share));

    /// <summary>
    /// Why a salt cannot be taken for a new rollout, or null. With ":" in it two pairs of salt and unit could be the same bytes.
    /// <see cref="Position"/> itself still accepts such a salt, because the definition does.
    /// </summary>
    public static Problem? CheckNewSalt(string salt)
    {
        if (string.IsNullOrEmpty(salt))
        {
            return new Problem("FLY6001", "The salt of a rollout is empty.", Remedy: "Give each rollout a salt of its own.");
        }

        if (salt.Contains(':', StringComparison.Ordinal))
        {
            return new Problem("FLY6002", "The salt of a rollout contains ':'.", Remedy: "Use letters, digits and '-'.");
        }

        try
        {
            StrictUtf8.GetByteCount(salt);
            return null;
        }
        catch (EncoderFallbackException)
        {
            return new Problem("FLY6003", "The salt of a rollout is not valid Unicode text.", Remedy: "Use letters, digits and '-'.");
        }
    }
}
