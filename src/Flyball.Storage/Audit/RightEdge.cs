using Flyball.Engine.Identity;

namespace Flyball.Storage.Audit;

/// <summary>The part of a growing tree that is still open: the last, partial tile of each level.</summary>
internal sealed class RightEdge
{
    private readonly List<List<Digest>> levels = [];

    internal long Size { get; private set; }

    /// <summary>Adds a leaf; hands out each tile that it completes, with its hashes, bottom up.</summary>
    internal void Add(Digest leaf, Action<TileName, IReadOnlyList<Digest>>? completed = null)
    {
        Size++;
        var hash = leaf;
        for (var level = 0; ; level++)
        {
            if (levels.Count == level)
            {
                levels.Add([]);
            }

            levels[level].Add(hash);
            if (levels[level].Count < TileName.Full)
            {
                return;
            }

            completed?.Invoke(new(level, (Size >> (8 * (level + 1))) - 1, TileName.Full), levels[level]);
            hash = Fold(levels[level], 0, TileName.Full);
            levels[level].Clear();
        }
    }

    /// <summary>The partial tiles of this size.</summary>
    internal IEnumerable<(TileName Tile, IReadOnlyList<Digest> Hashes)> Partials()
    {
        for (var level = 0; level < levels.Count; level++)
        {
            if (levels[level].Count > 0)
            {
                yield return (new(level, Size >> (8 * (level + 1)), levels[level].Count), levels[level]);
            }
        }
    }

    internal Digest Root() => MerkleTree.Root(Size, (level, index) =>
        Fold(levels[level / 8], (int)((index << (level % 8)) % TileName.Full), 1 << (level % 8)));

    /// <summary>Starts from the tiles of an existing log.</summary>
    internal static RightEdge Of(long size, Func<TileName, IReadOnlyList<Digest>> read)
    {
        var edge = new RightEdge { Size = size };
        for (var level = 0; size >> (8 * level) > 0; level++)
        {
            var width = (int)((size >> (8 * level)) % TileName.Full);
            edge.levels.Add(width == 0 ? [] : [.. read(new(level, size >> (8 * (level + 1)), width))]);
        }

        return edge;
    }

    /// <summary>The hash over a run of hashes whose number is a power of two.</summary>
    internal static Digest Fold(IReadOnlyList<Digest> hashes, int from, int count) => count == 1
        ? hashes[from]
        : MerkleTree.Node(Fold(hashes, from, count / 2), Fold(hashes, from + (count / 2), count / 2));
}
