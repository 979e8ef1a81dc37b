using System.Text;
using Flyball.Engine.Problems;
using Flyball.Storage.Blobs;
using Flyball.Storage.TestKit;
using Flyball.Storage.TestKit.Blobs;

namespace Flyball.Storage.Tests.Blobs;

public sealed class BlobStoreConformanceTests : BlobConformance
{
    protected override BlobStore Open(string directory) => BlobStore.Open(directory);
}

public sealed class BlobStoreTests : IDisposable
{
    private readonly TemporaryDirectory home = new();

    public void Dispose() => home.Dispose();

    [Fact]
    public void Any_changed_byte_is_refused_by_name_and_putting_the_original_again_heals_it()
    {
        var store = BlobStore.Open(home["b"]);
        var content = Encoding.UTF8.GetBytes("a model");
        var digest = store.Put(content);
        var file = Directory.GetFiles(home["b"], digest.Hex, SearchOption.AllDirectories).Single();
        for (var i = 0; i < content.Length; i++)
        {
            var damaged = (byte[])content.Clone();
            damaged[i] ^= 1;
            File.WriteAllBytes(file, damaged);
            var refused = Assert.Throws<FlyballException>(() => store.Read(digest));
            Assert.Equal("FLY2010", refused.Problem.Code);
            Assert.Contains(digest.Hex, refused.Problem.Message, StringComparison.Ordinal);
        }

        Assert.Equal(digest, store.Put(content));
        Assert.Equal(content, store.Read(digest));
    }

    [Fact]
    public void What_an_upload_left_unfinished_is_removed_and_never_listed()
    {
        var store = BlobStore.Open(home["b"]);
        Assert.Throws<IOException>(() => store.Put(new FailingStream()));
        File.WriteAllText(Path.Combine(home["b"], "incoming", "1-1"), "half");
        Assert.Empty(store.All());
        store = BlobStore.Open(home["b"]);
        Assert.Empty(Directory.GetFiles(home["b"], "*", SearchOption.AllDirectories));
        Assert.Empty(store.All());
    }

    [Fact]
    public async Task The_same_content_put_by_many_at_once_is_stored_once()
    {
        var store = BlobStore.Open(home["b"]);
        var content = new byte[100_000];
        new Random(1).NextBytes(content);
        var digests = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            await Task.Yield();
            return store.Put(content);
        }));
        Assert.Single(digests.Distinct());
        Assert.Equal(content, store.Read(digests[0]));
        Assert.Single(Directory.GetFiles(home["b"], "*", SearchOption.AllDirectories));
    }

    private sealed class FailingStream : MemoryStream
    {
        public override int Read(byte[] buffer, int offset, int count) => throw new IOException("The client went away.");
    }
}
