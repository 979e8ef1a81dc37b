using System.Numerics;
using System.Security.Cryptography;
using Flyball.Engine.Identity;

namespace Flyball.Storage.Audit;

/// <summary>
/// The hash tree of RFC 6962, section 2.1: leaf = SHA-256(0x00 || entry), node = SHA-256(0x01 || left || right), split at
/// the largest power of two below the size.
/// </summary>
/// <remarks>
/// 1. A tree of any size is a row of complete subtrees, largest first; its root folds that row from the right.
/// 2. A complete subtree of 2^level leaves is named (level, index) and comes from a store through <see cref="NodeAt"/>.
/// 3. Proofs list the subtrees that the verifier cannot compute; verifying is the recursion read backwards (RFC 9162, 2.1.3 and 2.1.4).
/// </remarks>
public static class MerkleTree
{
    /// <summary>Bytes of a hash.</summary>
    public const int HashBytes = SHA256.HashSizeInBytes;

    /// <summary>The hash of the complete subtree over leaves <c>[index * 2^level, (index + 1) * 2^level)</c>.</summary>
    public delegate Digest NodeAt(int level, long index);

    /// <summary>Root of the empty tree: SHA-256 of nothing.</summary>
    public static Digest EmptyRoot { get; } = Digest.Of([]);

    public static Digest Leaf(ReadOnlySpan<byte> entry)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData([0]);
        hash.AppendData(entry);
        return Digest.FromBytes(hash.GetHashAndReset());
    }

    public static Digest Node(Digest left, Digest right)
    {
        Span<byte> bytes = stackalloc byte[1 + (2 * HashBytes)];
        bytes[0] = 1;
        Convert.FromHexString(left.Hex, bytes[1..], out _, out _);
        Convert.FromHexString(right.Hex, bytes[(1 + HashBytes)..], out _, out _);
        return Digest.Of(bytes);
    }

    /// <summary>The root over the first <paramref name="size"/> leaves. Cost: one node a set bit of the size.</summary>
    public static Digest Root(long size, NodeAt nodes) => size == 0 ? EmptyRoot : Range(0, size, nodes);

    /// <summary>The path that proves leaf <paramref name="index"/> to be in the tree of <paramref name="size"/> leaves; at most ceil(log2 size) hashes, nearest first.</summary>
    public static IReadOnlyList<Digest> InclusionProof(long index, long size, NodeAt nodes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, size);
        var proof = new List<Digest>();
        Include(0, size, index);
        return proof;

        void Include(long from, long to, long leaf)
        {
            if (to - from == 1)
            {
                return;
            }

            var middle = from + Split(to - from);
            if (leaf < middle)
            {
                Include(from, middle, leaf);
                proof.Add(Range(middle, to, nodes));
            }
            else
            {
                Include(middle, to, leaf);
                proof.Add(Range(from, middle, nodes));
            }
        }
    }

    /// <summary>The hashes that prove the tree of <paramref name="size"/> leaves to be an extension of the one of <paramref name="old"/>; at most ceil(log2 size) + 1.</summary>
    public static IReadOnlyList<Digest> ConsistencyProof(long old, long size, NodeAt nodes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(old);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(old, size);
        var proof = new List<Digest>();
        if (old > 0 && old < size)
        {
            Extend(0, size, whole: true);
        }

        return proof;

        void Extend(long from, long to, bool whole)
        {
            if (to == old)
            {
                if (!whole)
                {
                    proof.Add(Range(from, to, nodes));
                }

                return;
            }

            var middle = from + Split(to - from);
            if (old <= middle)
            {
                Extend(from, middle, whole);
                proof.Add(Range(middle, to, nodes));
            }
            else
            {
                Extend(middle, to, whole: false);
                proof.Add(Range(from, middle, nodes));
            }
        }
    }

    /// <summary>True when the proof shows the leaf at its index under the root.</summary>
    public static bool VerifyInclusion(Digest leaf, long index, long size, Digest root, IReadOnlyList<Digest> proof)
    {
        if (index < 0 || index >= size)
        {
            return false;
        }

        var (position, last, hash) = (index, size - 1, leaf);
        foreach (var sibling in proof)
        {
            if (last == 0)
            {
                return false;
            }

            if ((position & 1) == 1 || position == last)
            {
                hash = Node(sibling, hash);
                Rise(ref position, ref last);
            }
            else
            {
                hash = Node(hash, sibling);
            }

            position >>= 1;
            last >>= 1;
        }

        return last == 0 && hash == root;
    }

    /// <summary>True when the proof shows that the new root's tree starts with the old root's leaves.</summary>
    public static bool VerifyConsistency(long old, long size, Digest oldRoot, Digest root, IReadOnlyList<Digest> proof)
    {
        if (old < 0 || old > size)
        {
            return false;
        }

        if (old == size)
        {
            return proof.Count == 0 && oldRoot == root;
        }

        if (old == 0)
        {
            return proof.Count == 0 && oldRoot == EmptyRoot;
        }

        var wholeOld = BitOperations.IsPow2(old);
        if (!wholeOld && proof.Count == 0)
        {
            return false;
        }

        var (position, last) = (old - 1, size - 1);
        while ((position & 1) == 1)
        {
            position >>= 1;
            last >>= 1;
        }

        var first = wholeOld ? oldRoot : proof[0];
        var (before, after) = (first, first);
        foreach (var sibling in proof.Skip(wholeOld ? 0 : 1))
        {
            if (last == 0)
            {
                return false;
            }

            if ((position & 1) == 1 || position == last)
            {
                before = Node(sibling, before);
                after = Node(sibling, after);
                Rise(ref position, ref last);
            }
            else
            {
                after = Node(after, sibling);
            }

            position >>= 1;
            last >>= 1;
        }

        return last == 0 && before == oldRoot && after == root;
    }

    /// <summary>Where a right edge has no sibling on the way up, the proof has no hash for that level.</summary>
    private static void Rise(ref long position, ref long last)
    {
        while ((position & 1) == 0 && position != 0)
        {
            position >>= 1;
            last >>= 1;
        }
    }

    private static Digest Range(long from, long to, NodeAt nodes)
    {
        var size = to - from;
        return BitOperations.IsPow2(size)
            ? nodes(BitOperations.Log2((ulong)size), from / size)
            : Node(Range(from, from + Split(size), nodes), Range(from + Split(size), to, nodes));
    }

    /// <summary>The largest power of two below the size.</summary>
    private static long Split(long size) => 1L << BitOperations.Log2((ulong)(size - 1));
}
