namespace Flyball.Training.XGBoost;

/// <summary>
/// One regression tree, as arrays by node; node 0 is the root. A row goes left when its value is below the threshold,
/// to the default side when it is missing, and ends in a leaf.
/// </summary>
public sealed class XGBoostTree
{
    internal XGBoostTree(int[] left, int[] right, int[] features, float[] conditions, bool[] defaultLeft, float[] gains)
    {
        Left = left;
        Right = right;
        Features = features;
        Conditions = conditions;
        DefaultLeft = defaultLeft;
        Gains = gains;
    }

    /// <summary>The node for smaller values; -1 in a leaf.</summary>
    public IReadOnlyList<int> Left { get; }

    /// <summary>The node for larger or equal values; -1 in a leaf.</summary>
    public IReadOnlyList<int> Right { get; }

    /// <summary>Column that a node splits on.</summary>
    public IReadOnlyList<int> Features { get; }

    /// <summary>Threshold of a split; the value of a leaf.</summary>
    public IReadOnlyList<float> Conditions { get; }

    /// <summary>Whether a missing value goes left.</summary>
    public IReadOnlyList<bool> DefaultLeft { get; }

    /// <summary>How much a split lowered the loss; 0 in a leaf.</summary>
    public IReadOnlyList<float> Gains { get; }

    public bool IsLeaf(int node) => Left[node] < 0;

    /// <summary>
    /// The nodes that rows can reach, parents before children. Pruning leaves others behind. Null when links lead outside
    /// the tree, or to a node twice.
    /// </summary>
    internal IReadOnlyList<int>? Reachable()
    {
        var seen = new bool[Left.Count];
        var order = new List<int>(Left.Count) { 0 };
        seen[0] = true;
        for (var i = 0; i < order.Count; i++)
        {
            var node = order[i];
            if (IsLeaf(node))
            {
                continue;
            }

            foreach (var child in (ReadOnlySpan<int>)[Left[node], Right[node]])
            {
                if (child < 0 || child >= seen.Length || seen[child])
                {
                    return null;
                }

                seen[child] = true;
                order.Add(child);
            }
        }

        return order;
    }
}
