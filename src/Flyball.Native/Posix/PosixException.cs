using System.Globalization;
using System.Runtime.InteropServices;

namespace Flyball.Native.Posix;

/// <summary>A system call that failed, with what it was doing and to what.</summary>
public sealed class PosixException : IOException
{
    public PosixException(string operation, string path, int errno)
        : base(string.Create(
            CultureInfo.InvariantCulture,
            $"{operation} failed on '{path}': {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})."))
    {
        Operation = operation;
        Path = path;
        Errno = errno;
    }

    /// <summary>The name of the call, such as <c>fdatasync</c>.</summary>
    public string Operation { get; }

    /// <summary>The file or directory it was about; empty when only a descriptor was known.</summary>
    public string Path { get; }

    /// <summary>The error number of the C library.</summary>
    public int Errno { get; }
}
