using Flyball.Contracts;
using FsCheck;
using FsCheck.Fluent;

namespace Flyball.Tests.Contracts.Ingestion;

public sealed class KeyTableTests
{
    /// <summary>Keys that crowd the ends of the table and each other, zero and all ones among them.</summary>
    [Fact]
    public void It_answers_as_a_dictionary_does()
    {
        var keys = Gen.OneOf(Gen.Choose(0, 300).Select(i => (ulong)i), Gen.Choose(0, 300).Select(i => ulong.MaxValue - (ulong)i), Gen.Choose(0, int.MaxValue).Select(i => (ulong)i * 0x9E3779B97F4A7C15));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(Gen.ArrayOf(keys, 700).ToArbitrary(), given =>
        {
            var table = new KeyTable(new KeyPages(hasContents: true));
            var oracle = new Dictionary<ulong, uint>();
            for (var i = 0; i < given.Length; i++)
            {
                // A free place is marked by zero, so zero and one are one key.
                var key = given[i] == 0 ? 1 : given[i];
                Assert.Equal(oracle.TryAdd(key, (uint)i), table.TryAdd(given[i], (uint)i));
            }

            Assert.Equal(oracle.Count, table.Count);
            Assert.All(oracle, pair => Assert.True(table.TryGet(pair.Key, out var content) && content == pair.Value));
            for (ulong absent = 1_000; absent < 2_000; absent++)
            {
                Assert.False(table.TryGet(absent, out _));
            }
        }));
    }

    [Fact]
    public void A_million_keys_take_less_than_eighteen_bytes_each()
    {
        var index = new KeyIndex();
        var hash = SipHash.Keyed();
        for (var i = 0; i < 1_000_000; i++)
        {
            index.AddDurable(hash.Of(BitConverter.GetBytes(i)), (uint)i, 0);
        }

        Assert.Equal(1_000_000, index.Count);
        Assert.InRange(index.Bytes / 1e6, 15, 18);
    }
}
