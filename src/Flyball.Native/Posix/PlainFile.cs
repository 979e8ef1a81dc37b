using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Flyball.Native.Posix;

/// <summary>Reads files that somebody else may have made to hang or mislead their reader: no link is followed, and nothing but a regular file is waited for.</summary>
public static class PlainFile
{
    private const int ModeAt = 28;
    private const int LinksAt = 16;
    private const int SizeAt = 40;
    private const int StatusLength = 256;
    private const uint BasicStatus = 0x7ff;
    private const int TypeMask = 0xf000;
    private const int RegularType = 0x8000;
    private const int DirectoryType = 0x4000;

    /// <summary>Reads a regular file with one name. Nothing is opened that is none, and no more than <paramref name="most"/> bytes are read.</summary>
    /// <param name="path">The file.</param>
    /// <param name="most">Bytes that it may have.</param>
    /// <param name="refusal">Why it was not read, such as "is a symbolic link"; null when it was, and when nothing is there.</param>
    /// <returns>Null when it was not read.</returns>
    public static byte[]? Read(string path, long most, out string? refusal)
    {
        if (!TryStatus(LibC.WorkingDirectory, path, LibC.NoSymbolicLinks, out var named))
        {
            refusal = null;
            return null;
        }

        refusal = Refusal(named, most);
        if (refusal is not null)
        {
            return null;
        }

        using var file = Open(path, LibC.NoFollowFlag);
        if (file is null)
        {
            refusal = "cannot be opened";
            return null;
        }

        // Once more on what is open: a name may stand for something else by now.
        refusal = TryStatus((int)file.DangerousGetHandle(), "", LibC.EmptyPath, out var opened) ? Refusal(opened, most) : "cannot be looked at";
        if (refusal is not null)
        {
            return null;
        }

        var content = new byte[opened.Size];
        var read = 0;
        while (read < content.Length && RandomAccess.Read(file, content.AsSpan(read), read) is > 0 and var more)
        {
            read += more;
        }

        if (read < content.Length)
        {
            refusal = "became shorter while it was read";
            return null;
        }

        return content;
    }

    /// <summary>Opens a regular file for reading, through symbolic links; null when there is none, or it is of another kind. Never waits for a writer.</summary>
    public static FileStream? OpenThroughLinks(string path)
    {
        var file = Open(path, 0);
        if (file is null)
        {
            return null;
        }

        if (TryStatus((int)file.DangerousGetHandle(), "", LibC.EmptyPath, out var status) && (status.Mode & TypeMask) == RegularType)
        {
            return new FileStream(file, FileAccess.Read);
        }

        file.Dispose();
        return null;
    }

    /// <summary>Something has this name, a link that leads nowhere included.</summary>
    public static bool IsThere(string path) => TryStatus(LibC.WorkingDirectory, path, LibC.NoSymbolicLinks, out _);

    internal static bool IsDirectory(int descriptor) =>
        TryStatus(descriptor, "", LibC.EmptyPath, out var status) && (status.Mode & TypeMask) == DirectoryType;

    private static SafeFileHandle? Open(string path, int flags)
    {
        int descriptor;
        while ((descriptor = LibC.Open(path, LibC.ReadOnly | LibC.NonBlocking | LibC.CloseOnExec | flags)) < 0)
        {
            if (Marshal.GetLastPInvokeError() != LibC.Eintr)
            {
                return null;
            }
        }

        return new SafeFileHandle(descriptor, ownsHandle: true);
    }

    private static string? Refusal(FileStatus status, long most) => (status.Mode & TypeMask) switch
    {
        RegularType when status.Links > 1 => "has other names (hard links)",
        RegularType when status.Size > most => string.Create(CultureInfo.InvariantCulture, $"has {status.Size} bytes, more than {most}"),
        RegularType => null,
        DirectoryType => "is a directory",
        0xa000 => "is a symbolic link",
        0x1000 => "is a FIFO",
        0xc000 => "is a socket",
        _ => "is a device",
    };

    private static unsafe bool TryStatus(int directory, string path, int flags, out FileStatus status)
    {
        var buffer = stackalloc byte[StatusLength];
        var found = LibC.Status(directory, path, flags, BasicStatus, buffer) == 0;
        status = found ? new FileStatus(*(ushort*)(buffer + ModeAt), *(uint*)(buffer + LinksAt), *(long*)(buffer + SizeAt)) : default;
        return found;
    }

    private readonly record struct FileStatus(int Mode, uint Links, long Size);
}
