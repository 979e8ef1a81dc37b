using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Flyball.Native.Posix;

/// <summary>
/// Makes bytes, names and replacements durable, and says so only when the kernel did. The framework's own flush
/// reports success on Linux when the sync failed, and it has no call at all for a directory.
/// </summary>
/// <remarks>A call is repeated when a signal interrupted it (EINTR) and never otherwise: after a failed sync the
/// kernel has marked the lost pages clean, so a second call would succeed without the data.</remarks>
public static class PosixFile
{
    private static long temporaries;

    /// <summary>Makes the file's content durable, and of its metadata what is needed to read it back. Cost: one device flush.</summary>
    /// <exception cref="PosixException">The data may be lost; the descriptor must not be trusted again.</exception>
    public static void DataSync(SafeFileHandle file)
    {
        while (LibC.DataSync(file) != 0)
        {
            ThrowUnlessInterrupted("fdatasync", "");
        }
    }

    /// <summary>Makes the file's content and all of its metadata durable. Cost: one device flush.</summary>
    /// <exception cref="PosixException">The data may be lost; the descriptor must not be trusted again.</exception>
    public static void Sync(SafeFileHandle file)
    {
        while (LibC.Sync(file) != 0)
        {
            ThrowUnlessInterrupted("fsync", "");
        }
    }

    /// <summary>
    /// Has the kernel begin to write a part of a file to the disk, and does not wait. Nothing is durable by it: <see cref="Sync"/> still says so, and finds less
    /// to do. A failure of what was begun is reported by the sync; a system without this call is only later.
    /// </summary>
    public static void BeginWriting(SafeFileHandle file, long offset, long length)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = LibC.SyncRange(file, offset, length, LibC.StartWriting);
        }
    }

    /// <summary>Makes the names in a directory durable: files that were created, renamed or removed in it.</summary>
    public static void SyncDirectory(string path)
    {
        int descriptor;
        while ((descriptor = LibC.Open(path, LibC.ReadOnly | LibC.DirectoryFlag | LibC.CloseOnExec)) < 0)
        {
            ThrowUnlessInterrupted("open", path);
        }

        try
        {
            while (LibC.Sync(descriptor) != 0)
            {
                ThrowUnlessInterrupted("fsync", path);
            }
        }
        finally
        {
            _ = LibC.Close(descriptor);
        }
    }

    /// <summary>Puts <paramref name="content"/> under <paramref name="path"/> so that a crash leaves the old file or the new one, whole.</summary>
    /// <param name="path">The file to create or replace; its directory must exist.</param>
    /// <param name="content">All of the new content.</param>
    /// <param name="mode">Permissions of the new file; null leaves them to the process's mask.</param>
    public static void ReplaceFile(string path, ReadOnlySpan<byte> content, UnixFileMode? mode = null)
    {
        var temporary = string.Create(
            CultureInfo.InvariantCulture, $"{path}.{Environment.ProcessId}-{Interlocked.Increment(ref temporaries)}.tmp");
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            Share = FileShare.None,
            BufferSize = 0,
        };
        if (mode is not null && !OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = mode;
        }

        try
        {
            using (var file = new FileStream(temporary, options))
            {
                RandomAccess.Write(file.SafeFileHandle, content, 0);
                Sync(file.SafeFileHandle);
            }

            Rename(temporary, path);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }

        SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>Gives a file its new name, replacing what had it. Durable only after <see cref="SyncDirectory"/>.</summary>
    public static void Rename(string from, string to)
    {
        while (LibC.Rename(from, to) != 0)
        {
            ThrowUnlessInterrupted("rename", from);
        }
    }

    /// <summary>Creates a directory and those above it, and makes their names durable. Does nothing when it exists.</summary>
    public static void CreateDirectory(string path)
    {
        var full = Path.GetFullPath(path);
        if (Directory.Exists(full))
        {
            return;
        }

        var parent = Path.GetDirectoryName(full);
        if (parent is not null)
        {
            CreateDirectory(parent);
        }

        Directory.CreateDirectory(full);
        if (parent is not null)
        {
            SyncDirectory(parent);
        }
    }

    private static void ThrowUnlessInterrupted(string operation, string path)
    {
        var errno = Marshal.GetLastPInvokeError();
        if (errno != LibC.Eintr)
        {
            throw new PosixException(operation, path, errno);
        }
    }
}
