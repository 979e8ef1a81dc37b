using Flyball.Contracts;

namespace Flyball.Tests.Contracts;

public sealed class SipHashTests
{
    /// <summary>From the authors' vectors of the 128-bit variant: key 00..0f, messages 00 01 02 ... of the length.</summary>
    [Theory]
    [InlineData(0, "A3817F04BA25A8E66DF67214C7550293")]
    [InlineData(1, "DA87C1D86B99AF44347659119B22FC45")]
    public void Hashes_equal_the_published_vectors(int length, string expected)
    {
        var hash = new SipHash(0x0706050403020100, 0x0f0e0d0c0b0a0908).Of([.. Enumerable.Range(0, length).Select(i => (byte)i)]);
        var bytes = new byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128LittleEndian(bytes, hash);

        Assert.Equal(expected, Convert.ToHexString(bytes));
    }

    [Fact]
    public void Every_bit_and_every_length_counts()
    {
        var hash = SipHash.Keyed();
        var seen = new HashSet<UInt128>();
        for (var length = 0; length < 40; length++)
        {
            Assert.True(seen.Add(hash.Of(new byte[length])));
            for (var bit = 0; bit < length * 8; bit++)
            {
                var bytes = new byte[length];
                bytes[bit / 8] = (byte)(1 << (bit % 8));
                Assert.True(seen.Add(hash.Of(bytes)));
            }
        }
    }
}
