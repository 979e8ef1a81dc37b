using System.Buffers;

namespace Flyball.Features.History;

/// <summary>The blocks of one part in memory, until disposed.</summary>
internal sealed class TakenBlocks(HeldMemory memory) : IDisposable
{
    private readonly List<(byte[] Bytes, int Length, bool IsHeld)> blocks = [];

    public int Count => blocks.Count;

    public ReadOnlySpan<byte> this[int block] => blocks[block].Bytes.AsSpan(0, blocks[block].Length);

    /// <summary>The row that begins at a place.</summary>
    public ReadOnlySpan<byte> RowAt(RowPlace place) => StoredRow.At(this[place.Block], place.Offset);

    public void Add(byte[] bytes, int length, bool isHeld) => blocks.Add((bytes, length, isHeld));

    public void Dispose()
    {
        foreach (var (bytes, length, isHeld) in blocks)
        {
            ArrayPool<byte>.Shared.Return(bytes);
            if (isHeld)
            {
                memory.Release(length);
            }
        }

        blocks.Clear();
    }
}
