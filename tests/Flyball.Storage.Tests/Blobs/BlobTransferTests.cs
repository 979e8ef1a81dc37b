using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Storage.Blobs;
using Flyball.Storage.TestKit;

namespace Flyball.Storage.Tests.Blobs;

public sealed class BlobTransferTests : IDisposable
{
    private const int Step = 1 << 20;

    private readonly TemporaryDirectory home = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => home.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Step)]
    [InlineData((3 * Step) + 17)]
    public async Task A_stream_comes_back_as_it_was_put_whole_and_in_parts(int length)
    {
        var store = BlobStore.Open(home["b"]);
        var content = Content(length);

        var (digest, stored) = await store.PutAsync(new TrickleStream(content), Stop);

        Assert.Equal((Digest.Of(content), (long)length), (digest, stored));
        Assert.Equal(length, store.LengthOf(digest));
        Assert.Equal(content, await CopyAsync(to => store.CopyToAsync(digest, to, Stop)));
        if (length > 10)
        {
            Assert.Equal(content[5..^3], await CopyAsync(to => store.CopyToAsync(digest, 5, length - 8, to, Stop)));
        }

        Assert.Empty(Directory.GetFiles(home["b/incoming"]));
    }

    [Fact]
    public async Task Damage_anywhere_keeps_the_end_from_being_sent_and_a_part_from_being_sent_at_all()
    {
        var store = BlobStore.Open(home["b"]);
        var content = Content((2 * Step) + 100);
        var (digest, _) = await store.PutAsync(new MemoryStream(content), Stop);
        var file = Directory.GetFiles(home["b"], digest.Hex, SearchOption.AllDirectories).Single();
        foreach (var at in new[] { 0, Step, content.Length - 1 })
        {
            var damaged = (byte[])content.Clone();
            damaged[at] ^= 1;
            await File.WriteAllBytesAsync(file, damaged, Stop);
            using var whole = new MemoryStream();
            var refused = await Assert.ThrowsAsync<FlyballException>(() => store.CopyToAsync(digest, whole, Stop));
            Assert.Equal("FLY2010", refused.Problem.Code);
            Assert.True(whole.Length < content.Length);
            using var part = new MemoryStream();
            await Assert.ThrowsAsync<FlyballException>(() => store.CopyToAsync(digest, 0, 10, part, Stop));
            Assert.Equal(0, part.Length);
        }
    }

    [Fact]
    public async Task An_upload_that_breaks_off_leaves_nothing()
    {
        var store = BlobStore.Open(home["b"]);

        await Assert.ThrowsAsync<IOException>(() => store.PutAsync(new TrickleStream(Content(3 * Step), breaksAt: 2 * Step), Stop));

        Assert.Empty(Directory.GetFiles(home["b/incoming"]));
        Assert.Empty(store.All());
    }

    private static byte[] Content(int length)
    {
        var content = new byte[length];
        new Random(7).NextBytes(content);
        return content;
    }

    private static async Task<byte[]> CopyAsync(Func<Stream, Task> copy)
    {
        using var target = new MemoryStream();
        await copy(target);
        return target.ToArray();
    }

    /// <summary>Gives what it holds in pieces of odd sizes, as a network does.</summary>
    private sealed class TrickleStream(byte[] content, int breaksAt = int.MaxValue) : MemoryStream(content)
    {
        private readonly Random pieces = new(3);

        public override int Read(Span<byte> buffer) =>
            Position >= breaksAt ? throw new IOException("The sender has gone.") : base.Read(buffer[..Math.Min(buffer.Length, pieces.Next(1, 70_000))]);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(Read(buffer.Span));
    }
}
