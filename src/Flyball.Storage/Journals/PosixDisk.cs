using Flyball.Native.Posix;
using Microsoft.Win32.SafeHandles;

namespace Flyball.Storage.Journals;

/// <summary>The machine's file system.</summary>
internal sealed class PosixDisk : IJournalDisk
{
    public void Create(string path, ReadOnlySpan<byte> content) => PosixFile.ReplaceFile(path, content);

    public IJournalFile Open(string path) => new OpenFile(path);

    private sealed class OpenFile(string path) : IJournalFile
    {
        private readonly SafeFileHandle handle =
            File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);

        public void Write(long offset, ReadOnlySpan<byte> bytes) => RandomAccess.Write(handle, bytes, offset);

        public void DataSync() => PosixFile.DataSync(handle);

        public void Truncate(long length)
        {
            RandomAccess.SetLength(handle, length);
            PosixFile.Sync(handle);
        }

        public void Dispose() => handle.Dispose();
    }
}
