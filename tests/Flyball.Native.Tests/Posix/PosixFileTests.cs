using Flyball.Native.Posix;

namespace Flyball.Native.Tests.Posix;

public sealed class PosixFileTests : IDisposable
{
    private const int InvalidArgument = 22;
    private readonly string home = Directory.CreateTempSubdirectory("flyball-posix-").FullName;

    public void Dispose() => Directory.Delete(home, recursive: true);

    [Fact]
    public void A_sync_that_the_kernel_refuses_is_an_error_with_its_number()
    {
        using var device = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.ReadWrite);
        var refused = Assert.Throws<PosixException>(() => PosixFile.DataSync(device));
        Assert.Equal(("fdatasync", InvalidArgument), (refused.Operation, refused.Errno));
        Assert.Equal("fsync", Assert.Throws<PosixException>(() => PosixFile.Sync(device)).Operation);
    }

    [Fact]
    public void Syncing_a_file_and_its_directory_succeeds()
    {
        using var file = File.OpenHandle(Path.Combine(home, "f"), FileMode.Create, FileAccess.ReadWrite);
        RandomAccess.Write(file, [1, 2, 3], 0);
        PosixFile.DataSync(file);
        PosixFile.Sync(file);
        PosixFile.SyncDirectory(home);
    }

    [Fact]
    public void A_directory_that_is_none_cannot_be_synced()
    {
        var missing = Path.Combine(home, "missing");
        var refused = Assert.Throws<PosixException>(() => PosixFile.SyncDirectory(missing));
        Assert.Equal(("open", missing), (refused.Operation, refused.Path));
        File.WriteAllText(missing, "a file");
        Assert.Throws<PosixException>(() => PosixFile.SyncDirectory(missing));
    }

    [Fact]
    public void Replacing_leaves_the_new_content_its_mode_and_no_temporary()
    {
        var path = Path.Combine(home, "f");
        PosixFile.ReplaceFile(path, "old and longer"u8);
        PosixFile.ReplaceFile(path, "new"u8, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Equal("new", File.ReadAllText(path));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }

        Assert.Equal([path], Directory.GetFiles(home));
    }

    [Fact]
    public void A_replacement_that_fails_leaves_the_old_and_no_temporary()
    {
        var path = Path.Combine(home, "folder");
        Directory.CreateDirectory(path);
        Assert.Equal("rename", Assert.Throws<PosixException>(() => PosixFile.ReplaceFile(path, "new"u8)).Operation);
        Assert.True(Directory.Exists(path));
        Assert.Empty(Directory.GetFiles(home));
    }

    [Fact]
    public void Directories_are_created_with_those_above_them()
    {
        var path = Path.Combine(home, "a", "b", "c");
        PosixFile.CreateDirectory(path);
        PosixFile.CreateDirectory(path);
        Assert.True(Directory.Exists(path));
    }
}
