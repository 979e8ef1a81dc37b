using Flyball.Storage.Journals;

namespace Flyball.Storage.Tests.Journals;

/// <summary>Writes segments to a device that fails in the kernel.</summary>
internal sealed class RedirectedDisk(string device) : IJournalDisk
{
    private readonly PosixDisk real = new();

    public void Create(string path, ReadOnlySpan<byte> content) => real.Create(path, content);

    public IJournalFile Open(string path) => real.Open(device);
}
