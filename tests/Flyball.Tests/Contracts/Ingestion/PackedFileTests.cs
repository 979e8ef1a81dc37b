using System.IO.Compression;
using System.Text;
using Flyball.Contracts;
using Flyball.Contracts.Ingestion;

namespace Flyball.Tests.Contracts.Ingestion;

/// <summary>A packed file is read to its last byte, or refused.</summary>
public sealed class PackedFileTests : IAsyncDisposable
{
    private readonly ImportFixture fixture = new();

    public ValueTask DisposeAsync() => fixture.DisposeAsync();

    [Fact]
    public async Task Members_that_follow_each_other_are_one_file()
    {
        Assert.Equal(new ImportProgress(1_100, 1_100, 0, 0), await fixture.ImportAsync(File("t.csv.gz", [.. Packed(0, 100), .. Packed(100, 1_000)])));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_damaged_beginning_of_a_later_member_is_no_end(int at)
    {
        var second = Packed(100, 1_000);
        second[at] ^= 1;

        var refused = await fixture.RefusedAsync(File("t.csv.gz", [.. Packed(0, 100), .. second]));

        Assert.Equal("FLY3004", refused.Code);
        Assert.Equal(0, fixture.Logs.Journal.Durable.Seq);
    }

    [Theory]
    [InlineData("GARBAGE")]
    [InlineData("x")]
    [InlineData("\0\0x\0")]
    public async Task Bytes_that_are_no_member_are_refused(string rest)
    {
        var refused = await fixture.RefusedAsync(File("t.csv.gz", [.. Packed(0, 100), .. Encoding.ASCII.GetBytes(rest)]));

        Assert.Contains("bytes follow", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Zeros_pad_a_packed_file()
    {
        Assert.Equal(new ImportProgress(100, 100, 0, 0), await fixture.ImportAsync(File("t.csv.gz", [.. Packed(0, 100), .. new byte[200_000]])));
    }

    /// <summary>Wherever the bytes below are cut, and however few are asked for, every tail is told from a whole stream.</summary>
    [Fact]
    public async Task A_stream_of_any_size_read_in_any_steps_is_whole_or_refused()
    {
        var random = new Random(5);
        for (var i = 0; i < 300; i++)
        {
            var content = new byte[random.Next(0, 200_000)];
            random.NextBytes(content);
            var packed = Pack(content);
            byte[][] tails = [[], new byte[random.Next(1, 100_000)], [1], [0, 0, 7], [.. new byte[random.Next(70_000)], 9]];
            for (var tail = 0; tail < tails.Length; tail++)
            {
                using var stream = new UnpackedStream(new MemoryStream([.. packed, .. tails[tail]]), leaveOpen: false);
                var into = new byte[content.Length + 1];
                Func<Task<int>> read = async () => await stream.ReadAtLeastAsync(into, into.Length, throwOnEndOfStream: false);
                if (tail < 2)
                {
                    Assert.Equal(content.Length, await read());
                    Assert.True(content.AsSpan().SequenceEqual(into.AsSpan(0, content.Length)));
                }
                else
                {
                    await Assert.ThrowsAsync<InvalidDataException>(read);
                }
            }
        }
    }

    private static byte[] Packed(int first, int rows) =>
        Pack(Encoding.UTF8.GetBytes((first == 0 ? ImportFixture.Header : "") + string.Concat(Enumerable.Range(first, rows).Select(i => $"{i},2018-04-01T00:00:00Z,2,3,10\n"))));

    private static byte[] Pack(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var stream = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            stream.Write(content);
        }

        return packed.ToArray();
    }

    private string File(string name, byte[] bytes)
    {
        var path = Path.Combine(fixture.Logs.Folder, name);
        System.IO.File.WriteAllBytes(path, bytes);
        return path;
    }
}
