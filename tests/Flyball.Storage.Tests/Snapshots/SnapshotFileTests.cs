using System.Buffers;
using System.Text;
using Flyball.Engine.Identity;
using Flyball.Engine.Time;
using Flyball.Storage.Snapshots;
using Flyball.Storage.TestKit;

namespace Flyball.Storage.Tests.Snapshots;

public sealed class SnapshotFileTests : IDisposable
{
    private static readonly SnapshotPosition Position = new(new Horizon(7), new Horizon(9), 0xFEDCBA9876543210);
    private static readonly Digest Meaning = Digest.Of("meaning");

    private readonly TemporaryDirectory home = new();

    private string Path => home["events.snapshot"];

    public void Dispose() => home.Dispose();

    [Fact]
    public void What_was_committed_is_read_back()
    {
        Write("one", "two", "three");

        using var file = SnapshotFile.Open(Path, out var defect)!;

        Assert.Null(defect);
        Assert.Equal(Position, file.Position);
        Assert.Equal(["one", "two", "three"], Texts(file));
        Assert.Equal(Meaning, file.Find("texts")!.Identity);
        Assert.Equal(0, file.Find("empty")!.Count);
        Assert.Null(file.Find("other"));
        Assert.Equal(["events.snapshot"], Directory.GetFiles(home.Path).Select(System.IO.Path.GetFileName));
    }

    [Fact]
    public void A_large_piece_is_not_parted_and_many_small_ones_share_a_block()
    {
        var large = new string('a', 3 << 20);
        using (var builder = new SnapshotBuilder(Path))
        {
            builder.Begin("texts", Meaning);
            for (var i = 0; i < 100; i++)
            {
                builder.Writer.Write("small"u8);
                builder.EndPiece();
            }

            builder.Writer.Write(Encoding.UTF8.GetBytes(large));
            builder.EndPiece();
            builder.Writer.Write("last"u8);
            builder.Commit(Position);
        }

        using var file = SnapshotFile.Open(Path, out _)!;

        Assert.Equal([string.Concat(Enumerable.Repeat("small", 100)) + large, "last"], Texts(file));
    }

    [Fact]
    public void One_that_was_not_committed_leaves_the_earlier_one_and_nothing_else()
    {
        Write("one");
        using (var builder = new SnapshotBuilder(Path))
        {
            builder.Begin("texts", Meaning);
            builder.Writer.Write("two"u8);
            builder.CloseBlock();
        }

        using var file = SnapshotFile.Open(Path, out _)!;

        Assert.Equal(["one"], Texts(file));
        Assert.Single(Directory.GetFiles(home.Path));
    }

    [Fact]
    public void What_a_killed_writer_left_is_written_over()
    {
        File.WriteAllText(Path + ".tmp", new string('x', 100_000));
        Write("one");

        using var file = SnapshotFile.Open(Path, out _)!;

        Assert.Equal(["one"], Texts(file));
        Assert.Single(Directory.GetFiles(home.Path));
    }

    [Fact]
    public void None_is_no_defect()
    {
        Assert.Null(SnapshotFile.Open(Path, out var defect));
        Assert.Null(defect);
    }

    [Fact]
    public void Cut_anywhere_it_is_refused_with_a_reason()
    {
        Write("one", "two");
        var whole = File.ReadAllBytes(Path);
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(Path, whole[..length]);

            Assert.Null(SnapshotFile.Open(Path, out var defect));
            Assert.NotNull(defect);
        }
    }

    [Fact]
    public void Any_changed_bit_is_noticed_before_a_block_is_used()
    {
        Write("one", "two");
        var whole = File.ReadAllBytes(Path);
        for (var bit = 0; bit < whole.Length * 8; bit++)
        {
            var damaged = (byte[])whole.Clone();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(Path, damaged);

            using var file = SnapshotFile.Open(Path, out _);

            Assert.True(file is null || Texts(file).Contains(null), $"bit {bit} was changed");
        }
    }

    [Fact]
    public void Its_owner_alone_may_read_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no such permissions.");
        Write("one");

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path));
    }

    private void Write(params string[] texts)
    {
        using var builder = new SnapshotBuilder(Path);
        builder.Begin("empty", Meaning);
        builder.Begin("texts", Meaning);
        foreach (var text in texts)
        {
            builder.Writer.Write(Encoding.UTF8.GetBytes(text));
            builder.CloseBlock();
        }

        builder.Commit(Position);
    }

    /// <summary>Null for a block that is damaged.</summary>
    private static List<string?> Texts(SnapshotFile file)
    {
        var texts = new List<string?>();
        byte[] buffer = [];
        var section = file.Find("texts")!;
        for (var i = 0; i < section.Count; i++)
        {
            texts.Add(section.TryRead(i, ref buffer, out var block) ? Encoding.UTF8.GetString(block) : null);
        }

        return texts;
    }
}
