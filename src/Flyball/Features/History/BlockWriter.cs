using System.Buffers;

namespace Flyball.Features.History;

/// <summary>One thread's way into a store: gathers rows of each part and hands over full blocks. A row never spans two blocks.</summary>
internal sealed class BlockWriter(BlockStore store)
{
    private readonly byte[]?[] open = new byte[]?[store.Parts];
    private readonly int[] used = new int[store.Parts];

    public void Append(int part, ReadOnlySpan<byte> row)
    {
        if (open[part] is not { } block || used[part] + row.Length > block.Length)
        {
            HandOver(part);
            block = open[part] = ArrayPool<byte>.Shared.Rent(Math.Max(BlockStore.BlockBytes, row.Length));
        }

        row.CopyTo(block.AsSpan(used[part]));
        used[part] += row.Length;
    }

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
