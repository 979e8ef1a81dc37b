using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Storage.Blobs;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Flyball.Storage.TestKit.Blobs;

/// <summary>What every blob store must do.</summary>
public abstract class BlobConformance
{
    /// <summary>Opens the store of a directory.</summary>
    protected abstract BlobStore Open(string directory);

    [Fact]
    public void A_generated_sequence_of_contents_comes_back_by_digest() =>
        Prop.ForAll(
            Gen.Choose(0, 255).Select(i => (byte)i).ArrayOf().ListOf().ToArbitrary(),
            contents =>
            {
                using var home = new TemporaryDirectory();
                var model = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
                var store = Open(home["blobs"]);
                for (var i = 0; i < contents.Count; i++)
                {
                    using var stream = new MemoryStream(contents[i]);
                    var digest = i % 2 == 0 ? store.Put(contents[i]) : store.Put(stream);
                    Assert.Equal(Digest.Of(contents[i]), digest);
                    model[digest.Hex] = contents[i];
                    if (i % 5 == 4)
                    {
                        store = Open(home["blobs"]);
                    }
                }

                Assert.Equal(model.Keys, store.All().Select(d => d.Hex));
                Assert.All(store.All(), d => Assert.Equal(model[d.Hex], store.Read(d)));
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(30));

    [Fact]
    public void A_digest_that_was_never_put_is_refused()
    {
        using var home = new TemporaryDirectory();
        var store = Open(home["blobs"]);
        var refused = Assert.Throws<FlyballException>(() => store.Read(Digest.Of("nothing")));
        Assert.Equal("FLY2011", refused.Problem.Code);
        Assert.False(store.Contains(Digest.Of("nothing")));
    }
}
