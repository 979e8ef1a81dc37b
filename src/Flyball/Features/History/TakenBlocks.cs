using System.Buffers;

namespace Flyball.Features.History;

/// <summary>The blocks of one part in memory, until disposed.</summary>
internal sealed class TakenBlocks(HeldMemory memory) : IDisposable
{
    private byte[][] blocks = new byte[8][];
    private (int Length, bool IsHeld)[] kept = new (int Length, bool IsHeld)[8];

    public int Count { get; private set; }

    public ReadOnlySpan<byte> this[int block] => blocks[block].AsSpan(0, kept[block].Length);

    /// <summary>The row that begins at a place.</summary>
    public ReadOnlySpan<byte> RowAt(RowPlace place) => StoredRow.At(blocks[place.Block], place.Offset);

    public void Add(byte[] bytes, int length, bool isHeld)
    {
        if (Count == blocks.Length)
        {
            Array.Resize(ref blocks, Count * 2);
            Array.Resize(ref kept, Count * 2);
        }

        blocks[Count] = bytes;
        kept[Count++] = (length, isHeld);
    }

    public void Dispose()
    {
        for (var i = 0; i < Count; i++)
        {
            ArrayPool<byte>.Shared.Return(blocks[i]);
            if (kept[i].IsHeld)
            {
                memory.Release(kept[i].Length);
            }
        }

        Count = 0;
    }
}
