using System.Security.Cryptography;
using Flyball.Engine.Identity;
using Flyball.Storage.Audit;

namespace Flyball.Storage.Tests.Audit;

public sealed class MerkleTreeTests
{
    private const int Largest = 70;
    private static readonly Digest[] Leaves = [.. Enumerable.Range(0, Largest).Select(i => MerkleTree.Leaf(BitConverter.GetBytes(i)))];

    [Fact]
    public void The_known_hashes_of_nothing_are_right()
    {
        Assert.Equal("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", MerkleTree.EmptyRoot.Hex);
        Assert.Equal("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d", MerkleTree.Leaf([]).Hex);
    }

    [Fact]
    public void Roots_equal_the_recursive_definition()
    {
        for (var n = 0; n <= Largest; n++)
        {
            Assert.Equal(Naive(0, n), MerkleTree.Root(n, Nodes));
        }
    }

    [Fact]
    public void Inclusion_proofs_equal_the_definition_verify_and_prove_nothing_else()
    {
        for (var n = 1; n <= Largest; n++)
        {
            var root = Naive(0, n);
            for (var i = 0; i < n; i++)
            {
                var proof = MerkleTree.InclusionProof(i, n, Nodes);
                Assert.Equal(NaivePath(i, 0, n), proof);
                Assert.True(proof.Count <= Math.Ceiling(Math.Log2(n)));
                Assert.True(MerkleTree.VerifyInclusion(Leaves[i], i, n, root, proof));
                Assert.False(MerkleTree.VerifyInclusion(Leaves[(i + 1) % Largest], i, n, root, proof));
                Assert.False(MerkleTree.VerifyInclusion(Leaves[i], i, n, Leaves[0] == root ? Leaves[1] : Leaves[0], proof));
                Assert.False(MerkleTree.VerifyInclusion(Leaves[i], n, n, root, proof));
                Assert.False(MerkleTree.VerifyInclusion(Leaves[i], i, n, root, [.. proof, root]));
                if (proof.Count > 0)
                {
                    Assert.False(MerkleTree.VerifyInclusion(Leaves[i], i, n, root, [.. proof.Skip(1)]));
                    Assert.False(MerkleTree.VerifyInclusion(Leaves[i], i ^ 1, n, root, proof));
                }
            }
        }
    }

    [Fact]
    public void Consistency_proofs_equal_the_definition_verify_and_prove_nothing_else()
    {
        for (var n = 0; n <= Largest; n++)
        {
            for (var m = 0; m <= n; m++)
            {
                var proof = MerkleTree.ConsistencyProof(m, n, Nodes);
                Assert.Equal(m == 0 || m == n ? [] : NaiveConsistency(m, 0, n, true), proof);
                var (old, root) = (Naive(0, m), Naive(0, n));
                Assert.True(MerkleTree.VerifyConsistency(m, n, old, root, proof));
                if (m < n)
                {
                    Assert.False(MerkleTree.VerifyConsistency(m, n, Digest.Of("other"), root, proof));
                    Assert.False(MerkleTree.VerifyConsistency(n, m, root, old, proof));
                    Assert.False(MerkleTree.VerifyConsistency(m, n, old, root, [.. proof, root]));
                }

                if (m > 0 && m < n)
                {
                    Assert.False(MerkleTree.VerifyConsistency(m, n, old, Digest.Of("other"), proof));
                    Assert.False(MerkleTree.VerifyConsistency(m, n, old, root, [.. proof.Take(proof.Count - 1)]));
                }
            }
        }
    }

    private static Digest Nodes(int level, long index) => Naive((int)index << level, (int)(index + 1) << level);

    private static Digest Naive(int from, int to) => (to - from) switch
    {
        0 => Digest.Of([]),
        1 => Leaves[from],
        _ => Digest.FromBytes(SHA256.HashData(
            [1, .. Naive(from, from + Split(to - from)).ToBytes(), .. Naive(from + Split(to - from), to).ToBytes()])),
    };

    private static int Split(int n)
    {
        var k = 1;
        while (k * 2 < n)
        {
            k *= 2;
        }

        return k;
    }

    private static List<Digest> NaivePath(int i, int from, int to)
    {
        if (to - from == 1)
        {
            return [];
        }

        var k = from + Split(to - from);
        return i < k ? [.. NaivePath(i, from, k), Naive(k, to)] : [.. NaivePath(i, k, to), Naive(from, k)];
    }

    private static List<Digest> NaiveConsistency(int m, int from, int to, bool whole)
    {
        if (m == to)
        {
            return whole ? [] : [Naive(from, to)];
        }

        var k = from + Split(to - from);
        return m <= k
            ? [.. NaiveConsistency(m, from, k, whole), Naive(k, to)]
            : [.. NaiveConsistency(m, k, to, false), Naive(from, k)];
    }
}
