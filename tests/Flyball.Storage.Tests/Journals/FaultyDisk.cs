using Flyball.Storage.Journals;

namespace Flyball.Storage.Tests.Journals;

/// <summary>The real disk, with one call failing or held back.</summary>
internal sealed class FaultyDisk : IJournalDisk
{
    private readonly PosixDisk real = new();
    private int writes;
    private int syncs;

    /// <summary>Given the number of the write, throws to fail it.</summary>
    internal Action<int> OnWrite { get; set; } = _ => { };

    /// <summary>Given the number of the sync, throws to fail it or blocks to hold it back.</summary>
    internal Action<int> OnSync { get; set; } = _ => { };

    internal int Syncs => Volatile.Read(ref syncs);

    public void Create(string path, ReadOnlySpan<byte> content) => real.Create(path, content);

    public IJournalFile Open(string path) => new Faulty(this, real.Open(path));

    private sealed class Faulty(FaultyDisk disk, IJournalFile real) : IJournalFile
    {
        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            disk.OnWrite(++disk.writes);
            real.Write(offset, bytes);
        }

        public void DataSync()
        {
            disk.OnSync(Interlocked.Increment(ref disk.syncs));
            real.DataSync();
        }

        public void Truncate(long length) => real.Truncate(length);

        public void Dispose() => real.Dispose();
    }
}
