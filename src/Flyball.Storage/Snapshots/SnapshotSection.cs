using Flyball.Engine.Identity;
using Flyball.Storage.Journals;
using Microsoft.Win32.SafeHandles;

namespace Flyball.Storage.Snapshots;

/// <summary>One named part of a snapshot: blocks that can be read in any order, from several threads.</summary>
public sealed class SnapshotSection
{
    private readonly SafeFileHandle file;
    private readonly SnapshotBlock[] blocks;

    internal SnapshotSection(string name, Digest identity, SafeFileHandle file, SnapshotBlock[] blocks)
    {
        Name = name;
        Identity = identity;
        this.file = file;
        this.blocks = blocks;
    }

    public string Name { get; }

    /// <summary>Names what the bytes mean; who would read them by another meaning must not.</summary>
    public Digest Identity { get; }

    public int Count => blocks.Length;

    /// <summary>Reads and checks one block.</summary>
    /// <param name="index">Below <see cref="Count"/>.</param>
    /// <param name="buffer">Used again from call to call; replaced by a larger one where it is too small.</param>
    /// <param name="block">The block's bytes, in <paramref name="buffer"/>.</param>
    /// <returns>False when the disk no longer holds what was written.</returns>
    public bool TryRead(int index, ref byte[] buffer, out ReadOnlySpan<byte> block)
    {
        var (offset, length, checksum) = blocks[index];
        if (buffer.Length < length)
        {
            buffer = GC.AllocateUninitializedArray<byte>(length);
        }

        var filled = 0;
        while (filled < length)
        {
            var read = RandomAccess.Read(file, buffer.AsSpan(filled, length - filled), offset + filled);
            if (read == 0)
            {
                break;
            }

            filled += read;
        }

        block = buffer.AsSpan(0, filled);
        return filled == length && Crc32C.Of(block) == checksum;
    }
}
