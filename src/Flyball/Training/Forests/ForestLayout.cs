namespace Flyball.Training.Forests;

/// <summary>Lays the node lists of a TreeEnsembleRegressor out as a <see cref="Forest"/>.</summary>
internal static class ForestLayout
{
    private const string Branch = "BRANCH_LT";
    private const string Leaf = "LEAF";

    /// <summary>Deeper trees are left to ONNX Runtime: every row would take all their steps.</summary>
    private const int Deepest = 16;

    private const int MostNodes = 4_000_000;

    private static readonly string[] Lists =
    [
        "nodes_falsenodeids", "nodes_featureids", "nodes_missing_value_tracks_true", "nodes_modes", "nodes_nodeids", "nodes_treeids", "nodes_truenodeids", "nodes_values",
    ];

    private static readonly HashSet<string> Known = new([.. Lists, "aggregate_function", "n_targets", "post_transform", "target_ids", "target_nodeids", "target_treeids", "target_weights"], StringComparer.Ordinal);

    /// <summary>Null when the lists are not plainly those of a sum of trees with one output.</summary>
    public static Forest? Of(ForestAttributes attributes, int width, ForestLink link)
    {
        var count = attributes.Integers("nodes_nodeids").Count;
        var plain = attributes.IsPlain
            && attributes.Names.SetEquals(Known)
            && attributes.Words("aggregate_function") is ["SUM"] && attributes.Words("post_transform") is ["NONE"] && attributes.Integer("n_targets") == 1
            && attributes.Integers("target_ids").All(t => t == 0) && attributes.Singles("nodes_values").All(float.IsFinite)
            && count is > 0 and <= MostNodes
            && Lists.All(l => attributes.Integers(l).Count == count || attributes.Singles(l).Count == count || attributes.Words(l).Count == count)
            && attributes.Integers("nodes_featureids").All(f => f >= 0 && f < width);
        return plain ? new Layout(attributes).Build(width, link) : null;
    }

    private sealed class Layout
    {
        private readonly IReadOnlyList<long> ids;
        private readonly IReadOnlyList<long> trees;
        private readonly IReadOnlyList<string> modes;
        private readonly IReadOnlyList<long> features;
        private readonly IReadOnlyList<float> thresholds;
        private readonly IReadOnlyList<long> missing;
        private readonly IReadOnlyList<long> whenTrue;
        private readonly IReadOnlyList<long> whenFalse;
        private readonly Dictionary<(long Tree, long Node), float> leaves = [];
        private readonly Dictionary<(long Tree, long Node), int> places = [];
        private readonly bool isPlain = true;

        public Layout(ForestAttributes attributes)
        {
            ids = attributes.Integers("nodes_nodeids");
            trees = attributes.Integers("nodes_treeids");
            modes = attributes.Words("nodes_modes");
            features = attributes.Integers("nodes_featureids");
            thresholds = attributes.Singles("nodes_values");
            missing = attributes.Integers("nodes_missing_value_tracks_true");
            whenTrue = attributes.Integers("nodes_truenodeids");
            whenFalse = attributes.Integers("nodes_falsenodeids");
            var (leafTrees, leafNodes, weights) = (attributes.Integers("target_treeids"), attributes.Integers("target_nodeids"), attributes.Singles("target_weights"));
            isPlain &= leafTrees.Count == leafNodes.Count && leafTrees.Count == weights.Count;
            for (var i = 0; isPlain && i < leafTrees.Count; i++)
            {
                isPlain &= leaves.TryAdd((leafTrees[i], leafNodes[i]), weights[i]);
            }

            for (var i = 0; isPlain && i < ids.Count; i++)
            {
                isPlain &= places.TryAdd((trees[i], ids[i]), i);
            }
        }

        public Forest? Build(int width, ForestLink link)
        {
            var nodes = new List<ForestNode>(ids.Count);
            var roots = new List<(int Root, int Depth)>();
            for (var i = 0; isPlain && i < ids.Count; i++)
            {
                // Nodes of a tree stand together, the root first: sums are taken in that order.
                if (i == 0 || trees[i] != trees[i - 1])
                {
                    if ((i > 0 && trees[i] < trees[i - 1]) || Lay(i, nodes) is not { } depth)
                    {
                        return null;
                    }

                    roots.Add((nodes.Count - laid, depth));
                }
            }

            // A node that no root leads to, or one with two parents, is no tree of ours.
            return isPlain && nodes.Count == ids.Count ? new Forest([.. nodes], [.. roots], width, link) : null;
        }

        private int laid;

        /// <summary>Lays one tree out, children side by side. Null when it is none.</summary>
        private int? Lay(int root, List<ForestNode> nodes)
        {
            var start = nodes.Count;
            var next = new Queue<(int Place, int At, int Depth)>([(root, start, 0)]);
            nodes.Add(default);
            var deepest = 0;
            while (next.TryDequeue(out var one))
            {
                var (place, at, depth) = one;
                deepest = Math.Max(deepest, depth);
                if (modes[place] == Leaf)
                {
                    if (!leaves.TryGetValue((trees[place], ids[place]), out var value))
                    {
                        return null;
                    }

                    nodes[at] = ForestNode.Leaf(at, value);
                    continue;
                }

                if (modes[place] != Branch || depth == Deepest || nodes.Count + 2 > ids.Count
                    || !places.TryGetValue((trees[place], whenTrue[place]), out var below) || !places.TryGetValue((trees[place], whenFalse[place]), out var beyond))
                {
                    return null;
                }

                nodes[at] = ForestNode.Branch((int)features[place], thresholds[place], missing[place] != 0, nodes.Count);
                next.Enqueue((below, nodes.Count, depth + 1));
                next.Enqueue((beyond, nodes.Count + 1, depth + 1));
                nodes.Add(default);
                nodes.Add(default);
            }

            laid = nodes.Count - start;
            return deepest;
        }
    }
}
