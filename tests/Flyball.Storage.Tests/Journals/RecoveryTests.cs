using Flyball.Engine.Problems;
using Flyball.Storage.Journals;
using Flyball.Storage.TestKit;

namespace Flyball.Storage.Tests.Journals;

public sealed class RecoveryTests : IDisposable
{
    private readonly TemporaryDirectory home = new();

    public void Dispose() => home.Dispose();

    [Fact]
    public async Task An_unacknowledged_last_frame_torn_at_any_length_is_cut()
    {
        var (whole, length) = await Killed("first", "second", "the frame that was being written");
        var path = JournalKit.LastSegment(whole);
        var bytes = File.ReadAllBytes(path);
        var start = bytes.Length - length;
        for (var keep = start; keep < bytes.Length; keep++)
        {
            var copy = CopyOf(whole, watermark: 2);
            File.WriteAllBytes(JournalKit.LastSegment(copy), bytes[..keep]);
            await using var journal = JournalKit.Open(copy);
            Assert.Equal(["first", "second"], journal.Payloads());
            Assert.Equal(keep - start, journal.Recovered.TornBytes);
            Assert.Equal(3, (await journal.Append("next")).First.Seq);
            Assert.Equal(["first", "second", "next"], journal.Payloads());
        }
    }

    [Fact]
    public async Task An_acknowledged_last_frame_torn_at_any_length_is_refused()
    {
        var (whole, length) = await Killed("first", "second", "acknowledged");
        var bytes = File.ReadAllBytes(JournalKit.LastSegment(whole));
        for (var keep = bytes.Length - length; keep < bytes.Length; keep++)
        {
            var copy = CopyOf(whole);
            File.WriteAllBytes(JournalKit.LastSegment(copy), bytes[..keep]);
            Refused(copy, JournalKit.LastSegment(copy), bytes.Length - length);
            Assert.Equal(keep, new FileInfo(JournalKit.LastSegment(copy)).Length);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_flipped_byte_anywhere_in_an_early_frame_is_refused(bool withWatermarkFile)
    {
        var (whole, _) = await Killed("first", "second", "third");
        var bytes = File.ReadAllBytes(JournalKit.LastSegment(whole));
        var copy = CopyOf(whole, withWatermarkFile ? null : 0);
        var path = JournalKit.LastSegment(copy);
        var second = SegmentHeader.Size + Frame("first");
        for (var at = SegmentHeader.Size; at < second + Frame("second"); at++)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[at] ^= 0x10;
            File.WriteAllBytes(path, damaged);
            Refused(copy, path, at < second ? SegmentHeader.Size : second);
        }
    }

    [Fact]
    public async Task A_flipped_byte_in_the_last_acknowledged_frame_is_refused_while_the_watermark_knows()
    {
        var (whole, length) = await Killed("first", "second");
        var bytes = File.ReadAllBytes(JournalKit.LastSegment(whole));
        var copy = CopyOf(whole);
        for (var at = bytes.Length - length; at < bytes.Length; at++)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[at] ^= 1;
            File.WriteAllBytes(JournalKit.LastSegment(copy), damaged);
            Refused(copy, JournalKit.LastSegment(copy), bytes.Length - length);
        }
    }

    [Fact]
    public async Task After_a_clean_shutdown_a_flipped_byte_anywhere_is_refused_without_the_watermark_file()
    {
        await using (var journal = JournalKit.Open(home["j"]))
        {
            await journal.Append("first");
            await journal.Append("second");
        }

        File.Delete(Path.Combine(home["j"], Watermark.FileName));
        var path = JournalKit.LastSegment(home["j"]);
        var bytes = File.ReadAllBytes(path);
        for (var at = 0; at < bytes.Length - FrameHeader.Size; at++)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[at] ^= 0x80;
            File.WriteAllBytes(path, damaged);
            Refused(home["j"], path, null);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(700)]
    [InlineData(5000)]
    public async Task Zeros_and_garbage_behind_the_last_frame_are_cut(int length)
    {
        var (whole, _) = await Killed("first", "second");
        foreach (var garbage in new[] { false, true })
        {
            var copy = CopyOf(whole);
            var tail = new byte[length];
            if (garbage)
            {
                new Random(length).NextBytes(tail);
            }

            await File.AppendAllBytesAsync(JournalKit.LastSegment(copy), tail, CancellationToken.None);
            await using var journal = JournalKit.Open(copy);
            Assert.Equal(["first", "second"], journal.Payloads());
            Assert.Equal((length, JournalKit.LastSegment(copy)), (journal.Recovered.TornBytes, journal.Recovered.TornFile));
        }
    }

    [Fact]
    public async Task Bytes_in_a_payload_that_look_like_a_frame_do_not_stop_a_torn_tail_from_being_cut()
    {
        var frame = new byte[FrameHeader.Size];
        new FrameHeader(0, 0, 1, 3, 3, FrameFlags.None).Write(frame, salt: 0);
        var (whole, _) = await Killed("first", "second");
        var path = JournalKit.LastSegment(whole);
        await File.AppendAllBytesAsync(path, [1, 2, 3, .. frame, 4], CancellationToken.None);
        await using var journal = JournalKit.Open(whole);
        Assert.Equal(2, journal.Durable.Seq);
    }

    [Fact]
    public async Task A_missing_shortened_or_damaged_earlier_segment_is_refused()
    {
        await Rolled(home["j"]);
        var files = SegmentHeader.FilesIn(home["j"]);
        Assert.True(files.Length > 3);
        foreach (var (damage, at) in new (Action<string>, int)[]
        {
            (f => File.Delete(f), 1),
            (f => File.Delete(f), 0),
            (f => File.WriteAllBytes(f, File.ReadAllBytes(f)[..^10]), 1),
            (f => File.WriteAllBytes(f, File.ReadAllBytes(f)[..^FrameHeader.Size]), 1),
            (f => File.WriteAllBytes(f, [.. File.ReadAllBytes(f), 0]), 1),
            (f => File.WriteAllBytes(f, []), 2),
            (f => File.WriteAllBytes(f, File.ReadAllBytes(f)[..30]), files.Length - 1),
            (f => File.WriteAllBytes(f, [.. File.ReadAllBytes(f).Select((b, i) => i == 20 ? (byte)(b ^ 1) : b)]), files.Length - 1),
            (f => File.Delete(f), files.Length - 1),
            (f => File.Move(f, Path.Combine(Path.GetDirectoryName(f)!, "1" + Path.GetFileName(f)[1..])), files.Length - 1),
        })
        {
            var copy = CopyOf(home["j"]);
            damage(Path.Combine(copy, Path.GetFileName(files[at])));
            Refused(copy, null, null);
        }
    }

    [Fact]
    public async Task A_frame_that_skips_numbers_is_refused()
    {
        var (whole, length) = await Killed("first", "second", "third");
        var path = JournalKit.LastSegment(whole);
        var bytes = File.ReadAllBytes(path);
        var second = SegmentHeader.Size + Frame("first");
        File.WriteAllBytes(path, [.. bytes[..second], .. bytes[^length..]]);
        Refused(whole, path, second);
    }

    [Fact]
    public async Task A_file_left_from_a_segment_that_was_never_published_is_removed()
    {
        await Rolled(home["j"]);
        await File.WriteAllBytesAsync(Path.Combine(home["j"], "00.journal.1-2.tmp"), [1], CancellationToken.None);
        await using var journal = JournalKit.Open(home["j"]);
        Assert.Empty(Directory.GetFiles(home["j"], "*.tmp"));
    }

    [Fact]
    public async Task A_disk_that_changes_under_an_open_journal_is_noticed_by_its_reader()
    {
        await using var journal = JournalKit.Open(home["j"]);
        await journal.Append("first");
        var path = JournalKit.LastSegment(home["j"]);
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.Position = file.Length - 1;
            file.WriteByte((byte)'x');
        }

        Assert.Equal("FLY2002", Assert.Throws<FlyballException>(() => journal.Payloads()).Problem.Code);
    }

    private static int Frame(string payload) => FrameCodec.Measure(JournalKit.Batch(payload), int.MaxValue);

    private static void Refused(string directory, string? file, long? offset)
    {
        var refused = Assert.Throws<FlyballException>(() => JournalKit.Open(directory));
        Assert.Equal("FLY2002", refused.Problem.Code);
        Assert.NotNull(refused.Problem.Where?.File);
        Assert.Equal(file ?? refused.Problem.Where.File, refused.Problem.Where.File);
        if (offset is { } at)
        {
            Assert.Contains($"at byte {at}:", refused.Problem.Message, StringComparison.Ordinal);
        }
    }

    /// <summary>What a kill leaves after these payloads were acknowledged one by one, with the length of the last frame.</summary>
    private async Task<(string Directory, int LastFrame)> Killed(params string[] payloads)
    {
        await using var journal = JournalKit.Open(home["living"]);
        foreach (var payload in payloads)
        {
            await journal.Append(payload);
        }

        TemporaryDirectory.Copy(home["living"], home["whole"]);
        return (home["whole"], Frame(payloads[^1]));
    }

    private static async Task Rolled(string directory)
    {
        await using var journal = JournalKit.Open(directory, new() { SegmentBytes = 1000 });
        for (var i = 0; i < 60; i++)
        {
            await journal.Append($"payload number {i} of some length");
        }
    }

    private string CopyOf(string directory, long? watermark = null)
    {
        var copy = home[$"copy {Directory.GetDirectories(home.Path).Length}"];
        TemporaryDirectory.Copy(directory, copy);
        if (watermark is { } seq)
        {
            using var mark = Watermark.Open(copy);
            mark.Write(seq);
        }

        return copy;
    }
}
