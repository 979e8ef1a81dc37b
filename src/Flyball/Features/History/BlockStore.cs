using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Flyball.Features.History;

/// <summary>
/// Rows in parts, as blocks of bytes: in memory while there is room, then in one file that goes with this object. Blocks are added by any
/// number of threads and come back in no particular order; a part is taken once.
/// </summary>
internal sealed class BlockStore : IDisposable
{
    /// <summary>Length of a block, unless one row is longer.</summary>
    public const int BlockBytes = 1 << 15;

    private readonly Lock opening = new();
    private readonly string path;
    private readonly HeldMemory memory;
    private readonly List<Block>[] parts;
    private SafeFileHandle? file;
    private long end;

    public BlockStore(string path, int parts, HeldMemory memory)
    {
        this.path = path;
        this.memory = memory;
        this.parts = new List<Block>[parts];
        for (var i = 0; i < parts; i++)
        {
            this.parts[i] = [];
        }
    }

    public int Parts => parts.Length;

    /// <summary>Bytes that went to the file.</summary>
    public long Spilled => Interlocked.Read(ref end);

    /// <param name="part">Where the rows belong.</param>
    /// <param name="bytes">Rented from the shared pool, and this store's from now on.</param>
    /// <param name="length">How much of it holds rows.</param>
    public void Add(int part, byte[] bytes, int length)
    {
        var block = new Block(bytes, length, 0);
        if (!memory.TryHold(length))
        {
            var offset = Interlocked.Add(ref end, length) - length;
            RandomAccess.Write(Open(), bytes.AsSpan(0, length), offset);
            ArrayPool<byte>.Shared.Return(bytes);
            block = new(null, length, offset);
        }

        lock (parts[part])
        {
            parts[part].Add(block);
        }
    }

    /// <summary>The blocks of a part, all in memory; the caller disposes them.</summary>
    public TakenBlocks Take(int part)
    {
        var taken = new TakenBlocks(memory);
        foreach (var block in parts[part])
        {
            taken.Add(block.Bytes ?? Load(block), block.Length, block.Bytes is not null);
        }

        parts[part] = [];
        return taken;
    }

    public void Dispose() => file?.Dispose();

    private byte[] Load(Block block)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(block.Length);
        for (var read = 0; read < block.Length;)
        {
            var more = RandomAccess.Read(file!, bytes.AsSpan(read, block.Length - read), block.Offset + read);
            read += more > 0 ? more : throw new EndOfStreamException($"{path} is shorter than what was written to it.");
        }

        return bytes;
    }

    private SafeFileHandle Open()
    {
        lock (opening)
        {
            return file ??= File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);
        }
    }

    private readonly record struct Block(byte[]? Bytes, int Length, long Offset);
}
