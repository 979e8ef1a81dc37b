using Flyball.Contracts.Ingestion;

namespace Flyball.Tests.Issues;

/// <summary>One upload filled the disk to its last byte, and the log had no room for anybody's events.</summary>
public sealed class UnboundedUploadTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("flyball-upload-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task An_upload_stops_before_the_reserve_of_the_disk()
    {
        const long Whole = 20 << 20;
        using var spool = new ImportSpool(Path.Combine(folder, "u"), new SpoolRoom(() => (Whole - Written(), Whole)));

        var refused = await spool.FillAsync(new MemoryStream(new byte[24 << 20]), isPacked: false, null, 1L << 40, default);

        Assert.Equal("FLY3023", refused?.Code);
        Assert.InRange(Written(), Whole / 2, Whole - (Whole / 10));
    }

    [Fact]
    public async Task An_upload_that_states_too_much_is_refused_before_a_byte_is_read()
    {
        using var body = new MemoryStream(new byte[100]);
        using var spool = new ImportSpool(Path.Combine(folder, "u"), new SpoolRoom(() => (1_000, 2_000)));

        Assert.Equal("FLY3023", (await spool.FillAsync(body, isPacked: false, 900, 1L << 40, default))?.Code);
        Assert.Equal((0, 0), (body.Position, Written()));
        Assert.Null(await spool.FillAsync(body, isPacked: false, 700, 1L << 40, default));
        Assert.Equal(100, Written());
    }

    [Theory]
    [InlineData(100L << 30, (1L << 30) + 5, 5, true)]
    [InlineData(100L << 30, (1L << 30) + 5, 6, false)]
    [InlineData(1_000, 100, 0, true)]
    [InlineData(1_000, 100, 1, false)]
    public void The_reserve_is_a_tenth_of_the_disk_and_a_gigabyte_at_most(long whole, long free, long more, bool fits) =>
        Assert.Equal(fits, new SpoolRoom(() => (free, whole)).Holds(more));

    [Fact]
    public void The_disk_of_a_folder_is_read() => Assert.True(SpoolRoom.Of(folder).Holds(0) || new DriveInfo(folder).AvailableFreeSpace < 1L << 30);

    private long Written() => Directory.GetFiles(folder).Sum(f => new FileInfo(f).Length);
}
