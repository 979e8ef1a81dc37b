using Flyball.Storage.Journals;

namespace Flyball.Storage.Tests.Journals;

/// <summary>A disk that loses power at a chosen sync: of what was written since the last one, any set of sectors arrives.</summary>
internal sealed class PowerCutDisk(int atSync, Random random) : IJournalDisk
{
    private const int Sector = 512;

    private readonly PosixDisk real = new();
    private readonly int cutAt = atSync;
    private readonly Random chance = random;
    private int syncs;

    public void Create(string path, ReadOnlySpan<byte> content) => real.Create(path, content);

    public IJournalFile Open(string path) => new Unsynced(this, path);

    private sealed class Unsynced(PowerCutDisk disk, string path) : IJournalFile
    {
        private readonly IJournalFile file = disk.real.Open(path);
        private readonly List<(long Offset, byte[] Bytes)> pending = [];

        public void Write(long offset, ReadOnlySpan<byte> bytes) => pending.Add((offset, bytes.ToArray()));

        public void DataSync()
        {
            if (++disk.syncs >= disk.cutAt)
            {
                Lose();
                throw new IOException("The power failed.");
            }

            foreach (var (offset, bytes) in pending)
            {
                file.Write(offset, bytes);
            }

            pending.Clear();
        }

        public void Truncate(long length) => file.Truncate(length);

        public void Dispose() => file.Dispose();

        private void Lose()
        {
            foreach (var (offset, bytes) in pending)
            {
                var end = offset + bytes.Length;
                for (var sector = offset / Sector * Sector; sector < end; sector += Sector)
                {
                    if (disk.chance.Next(3) > 0)
                    {
                        var from = Math.Max(sector, offset);
                        file.Write(from, bytes.AsSpan((int)(from - offset), (int)(Math.Min(sector + Sector, end) - from)));
                    }
                }
            }

            pending.Clear();
        }
    }
}
