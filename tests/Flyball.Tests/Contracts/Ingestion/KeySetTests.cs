using Flyball.Contracts;
using FsCheck;
using FsCheck.Fluent;

namespace Flyball.Tests.Contracts.Ingestion;

public sealed class KeySetTests
{
    /// <summary>Enough values that the set leaves its small form, some of them twice, with zero, all ones and crowds at both ends.</summary>
    [Fact]
    public void It_answers_as_a_hash_set_does_in_both_forms()
    {
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(20), Prop.ForAll(Gen.Choose(1, 12_000).ToArbitrary(), ArbMap.Default.ArbFor<int>(), (count, seed) =>
        {
            var draw = new Random(seed);
            var set = new KeySet();
            // One value of each shard is all zeros behind its shard, and counts as its neighbour: the oracle keeps clear of those.
            var oracle = new HashSet<ulong>();
            for (var i = 0; i < count; i++)
            {
                var hash = draw.Next(4) switch
                {
                    0 => (ulong)draw.Next(1, 3_000),
                    1 => ulong.MaxValue - (ulong)draw.Next(3_000),
                    _ => (ulong)draw.NextInt64(1, long.MaxValue) * 0x9E3779B97F4A7C15,
                };
                Assert.Equal(oracle.Add(hash), set.Add(hash));
            }

            Assert.Equal(oracle.Count, set.Count);
            Assert.True(oracle.SetEquals(set.Hashes()));
            Assert.All(oracle, hash => Assert.True(set.Contains(hash)));
            Assert.False(set.Contains(1UL << 40));
            set.Clear();
            Assert.Equal(0, set.Count);
            Assert.All(oracle, hash => Assert.True(set.Add(hash)));
        }));
    }

    [Fact]
    public void A_million_values_take_less_than_twelve_bytes_each()
    {
        var set = new KeySet();
        var hash = SipHash.Keyed();
        for (var i = 0; i < 1_000_000; i++)
        {
            set.Add((ulong)hash.Of(BitConverter.GetBytes(i)));
        }

        Assert.Equal(1_000_000, set.Count);
        Assert.InRange(set.Bytes / 1e6, 10, 12);
    }

    [Fact]
    public void A_table_that_grows_takes_the_pages_that_another_gave_back()
    {
        var memory = new KeyPages(hasContents: true);
        var page = memory.Take();
        page.AsSpan().Fill(7);
        memory.GiveBack(page);
        var again = memory.Take();
        Assert.Same(page, again);
        Assert.All(again.Take(KeyPages.Places), key => Assert.Equal(0UL, key));
    }
}
