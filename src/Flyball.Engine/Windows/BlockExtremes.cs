using System.Numerics;

namespace Flyball.Engine.Windows;

/// <summary>Which of two values an extreme keeps.</summary>
internal interface IDirection
{
    /// <summary>Never true for a NaN, which stands for a row that does not count.</summary>
    static abstract bool Prefers<T>(T candidate, T kept)
        where T : IComparisonOperators<T, T, bool>;
}

internal readonly struct Smallest : IDirection
{
    public static bool Prefers<T>(T candidate, T kept)
        where T : IComparisonOperators<T, T, bool> => candidate < kept;
}

internal readonly struct Greatest : IDirection
{
    public static bool Prefers<T>(T candidate, T kept)
        where T : IComparisonOperators<T, T, bool> => candidate > kept;
}

/// <summary>
/// The extremes of complete blocks of 16 rows, of 16 such blocks, and so on.
/// 1. A block is computed once, when its last row is indexed.
/// 2. A range takes its odd rows at both ends one by one, then odd blocks of each level, so that at most 30 of each are compared.
/// 3. When an earlier row changes, the caller says how many blocks are still true, and the rest is computed again.
/// </summary>
/// <param name="neutral">Nothing is preferred less.</param>
internal sealed class BlockExtremes<T, TDirection>(T neutral)
    where T : struct, IComparisonOperators<T, T, bool>
    where TDirection : struct, IDirection
{
    private const int MostLevels = 7;

    private readonly T[][] levels = new T[MostLevels][];

    /// <summary>Computes the blocks from one up to, not including, another.</summary>
    public void Extend(int fromBlock, int toBlock, ReadOnlySpan<T> rows, ReadOnlySpan<byte> presence)
    {
        for (var block = fromBlock; block < toBlock; block++)
        {
            Set(0, block, Rows(rows, presence, block * RowBlocks.Rows, (block + 1) * RowBlocks.Rows, neutral));
            for (var (level, child) = (1, block); (child & RowBlocks.Mask) == RowBlocks.Mask && level < MostLevels; level++)
            {
                var parent = child >> RowBlocks.Shift;
                var best = neutral;
                foreach (var value in levels[level - 1].AsSpan(parent << RowBlocks.Shift, RowBlocks.Rows))
                {
                    best = TDirection.Prefers(value, best) ? value : best;
                }

                Set(level, parent, best);
                child = parent;
            }
        }
    }

    /// <param name="presence">Empty when every row counts.</param>
    public T Range(int first, int end, T best, ReadOnlySpan<T> rows, ReadOnlySpan<byte> presence)
    {
        var low = Math.Min(end, (first + RowBlocks.Mask) & ~RowBlocks.Mask);
        var high = Math.Max(low, end & ~RowBlocks.Mask);
        best = Rows(rows, presence, first, low, best);
        best = Rows(rows, presence, high, end, best);
        var (a, b) = (low >> RowBlocks.Shift, high >> RowBlocks.Shift);
        for (var level = 0; a < b; level++)
        {
            var blocks = levels[level];
            for (; a < b && (a & RowBlocks.Mask) != 0; a++)
            {
                best = TDirection.Prefers(blocks[a], best) ? blocks[a] : best;
            }

            for (; a < b && (b & RowBlocks.Mask) != 0; b--)
            {
                best = TDirection.Prefers(blocks[b - 1], best) ? blocks[b - 1] : best;
            }

            (a, b) = (a >> RowBlocks.Shift, b >> RowBlocks.Shift);
        }

        return best;
    }

    /// <summary>The extreme of the aligned block of 16^(level+1) rows that starts at a row, if it was computed.</summary>
    public T Block(int level, int index) => levels[level][index];

    private static T Rows(ReadOnlySpan<T> rows, ReadOnlySpan<byte> presence, int first, int end, T best)
    {
        if (presence.IsEmpty)
        {
            foreach (var value in rows[first..end])
            {
                best = TDirection.Prefers(value, best) ? value : best;
            }

            return best;
        }

        for (var row = first; row < end; row++)
        {
            best = presence[row] == InputColumn.Present && TDirection.Prefers(rows[row], best) ? rows[row] : best;
        }

        return best;
    }

    private void Set(int level, int index, T value)
    {
        ref var blocks = ref levels[level];
        if (blocks is null || index >= blocks.Length)
        {
            Array.Resize(ref blocks, Math.Max(4, (index + 1) * 2));
        }

        blocks[index] = value;
    }
}
