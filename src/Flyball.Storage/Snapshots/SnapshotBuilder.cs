using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Flyball.Engine.Identity;
using Flyball.Native.Posix;
using Flyball.Storage.Journals;
using Microsoft.Win32.SafeHandles;

namespace Flyball.Storage.Snapshots;

/// <summary>
/// Writes a <see cref="SnapshotFile"/> beside the one that is there, and puts it in its place when all of it is synced. Not thread-safe.
/// Disposed without <see cref="Commit"/> it leaves nothing. Memory: one block.
/// </summary>
public sealed class SnapshotBuilder : IDisposable
{
    /// <summary>A block is closed when it has grown to this: large enough to read in one go, small enough to share out.</summary>
    private const int BlockBytes = 1 << 20;

    private readonly string path;
    private readonly string temporary;
    private readonly SafeFileHandle file;
    private readonly ArrayBufferWriter<byte> block = new(BlockBytes * 2);
    private readonly List<(string Name, Digest Identity, List<SnapshotBlock> Blocks)> sections = [];
    private long end;
    private bool committed;

    /// <param name="path">Where it will be; the directory exists. What an earlier attempt left beside it is overwritten.</param>
    public SnapshotBuilder(string path)
    {
        this.path = path;
        temporary = path + ".tmp";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            // It holds keys and values of entities, and the key of their hashes.
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (new FileStream(temporary, options))
        {
            // Created with its mode; written through the handle below.
        }

        file = File.OpenHandle(temporary, FileMode.Open, FileAccess.Write, FileShare.None);
        Write(SnapshotFile.Head);
    }

    /// <summary>Where the bytes of the present section go. Bytes between two calls of <see cref="EndPiece"/> are never parted.</summary>
    public IBufferWriter<byte> Writer => block;

    /// <summary>Bytes written so far.</summary>
    public long Length => end + block.WrittenCount;

    /// <summary>Begins a section; its name is new.</summary>
    public void Begin(string name, Digest identity)
    {
        CloseBlock();
        if (sections.Exists(s => string.Equals(s.Name, name, StringComparison.Ordinal)))
        {
            throw new ArgumentException("The snapshot has a section of this name.", nameof(name));
        }

        sections.Add((name, identity, []));
    }

    /// <summary>Here a reader may begin: closes the block when it is large enough.</summary>
    public void EndPiece()
    {
        if (block.WrittenCount >= BlockBytes)
        {
            CloseBlock();
        }
    }

    /// <summary>Closes the block, whatever its size.</summary>
    public void CloseBlock()
    {
        if (block.WrittenCount > 0)
        {
            var blocks = sections[^1].Blocks;
            blocks.Add(new SnapshotBlock(end, block.WrittenCount, Crc32C.Of(block.WrittenSpan)));
            Write(block.WrittenSpan);
            block.ResetWrittenCount();
        }
    }

    /// <summary>Makes it durable and puts it in the place of an earlier one.</summary>
    /// <exception cref="IOException">The disk refuses; the earlier one stays.</exception>
    /// <exception cref="PosixException">A sync failed; the earlier one stays, or this one is whole.</exception>
    public void Commit(SnapshotPosition position)
    {
        CloseBlock();
        var table = Table(position);
        Span<byte> tail = stackalloc byte[SnapshotFile.TailSize];
        BinaryPrimitives.WriteInt64LittleEndian(tail, end);
        BinaryPrimitives.WriteInt32LittleEndian(tail[8..], table.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(tail[12..], Crc32C.Of(table));
        SnapshotFile.Tail.CopyTo(tail[16..]);
        Write(table);
        Write(tail);
        PosixFile.Sync(file);
        file.Dispose();
        PosixFile.Rename(temporary, path);
        committed = true;
        PosixFile.SyncDirectory(Path.GetDirectoryName(path)!);
    }

    public void Dispose()
    {
        file.Dispose();
        if (!committed)
        {
            File.Delete(temporary);
        }
    }

    private byte[] Table(SnapshotPosition position)
    {
        var table = new MemoryStream();
        using var writer = new BinaryWriter(table, Encoding.UTF8);
        writer.Write(position.Complete.Seq);
        writer.Write(position.Latest.Seq);
        writer.Write(position.Mark);
        writer.Write(sections.Count);
        foreach (var (name, identity, blocks) in sections)
        {
            writer.Write(name);
            writer.Write(identity.ToBytes());
            writer.Write(blocks.Count);
            foreach (var one in blocks)
            {
                writer.Write(one.Offset);
                writer.Write(one.Length);
                writer.Write(one.Checksum);
            }
        }

        writer.Flush();
        return table.ToArray();
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        RandomAccess.Write(file, bytes, end);
        end += bytes.Length;
    }
}
