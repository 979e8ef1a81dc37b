using System.Buffers;

namespace Flyball.Features.History;

/// <summary>One thread's way into a store: gathers rows of each part and hands over full blocks. A row never spans two blocks.</summary>
internal sealed class BlockWriter(BlockStore store)
{
    private readonly byte[]?[] open = new byte[]?[store.Parts];
    private readonly int[] used = new int[store.Parts];

    public void Append(int part, ReadOnlySpan<byte> row)
    {
        row.CopyTo(Room(part, row.Length));
        Commit(part, row.Length);
    }

    /// <summary>Room for one row, which is written there and then committed.</summary>
    public Span<byte> Room(int part, int most)
    {
        if (open[part] is not { } block || used[part] + most > block.Length)
        {
            HandOver(part);
            block = open[part] = ArrayPool<byte>.Shared.Rent(Math.Max(BlockStore.BlockBytes, most));
        }

        return block.AsSpan(used[part], most);
    }

    /// <summary>Takes what was written into the room that was given last.</summary>
    public void Commit(int part, int length) => used[part] += length;

    /// <summary>Hands over what is left.</summary>
    public void Close()
    {
        for (var part = 0; part < open.Length; part++)
        {
            HandOver(part);
        }
    }

    private void HandOver(int part)
    {
        if (open[part] is { } block)
        {
            store.Add(part, block, used[part]);
            (open[part], used[part]) = (null, 0);
        }
    }
}
