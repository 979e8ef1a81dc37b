namespace Flyball.Training.XGBoost;

/// <summary>
/// Scores rows of which one column is exchanged, by a model of trees with one output.
/// <list type="number">
/// <item>Each row goes down each tree once. Its leaves are kept, and for each column the trees in which the row met it.</item>
/// <item>Another value of a column can move a row in these trees alone: it goes down them again, and keeps its leaf in the others.</item>
/// <item>The leaves are summed tree after tree in float32, so that a margin has the bits of <see cref="XGBoostTreeModel.Margin"/>.</item>
/// </list>
/// Cost: of a column, the trees whose paths meet it, instead of all. Memory: rows times trees times the columns of a path. Immutable and thread-safe.
/// </summary>
internal sealed class ExchangedColumns
{
    private readonly XGBoostTreeModel model;
    private readonly float[] rows;
    private readonly int width;
    private readonly Node[] nodes;
    private readonly int[] roots;
    private readonly float[] leaves;

    /// <summary>Of each column the places of rows and trees, row times trees plus tree, ascending.</summary>
    private readonly int[][] met;

    /// <param name="model">With one output.</param>
    /// <param name="rows">Row-major, rows times the features of the model; NaN is missing.</param>
    public ExchangedColumns(XGBoostTreeModel model, float[] rows)
    {
        (this.model, this.rows, width) = (model, rows, model.FeatureCount);
        (nodes, roots) = Flat(model.Trees);
        leaves = new float[rows.Length / width * roots.Length];
        met = Walk();
    }

    private int Count => rows.Length / width;

    /// <summary>The scores of the rows as they are.</summary>
    public float[] Scores()
    {
        var scores = new float[Count];
        for (var row = 0; row < scores.Length; row++)
        {
            var sum = model.BaseMargin;
            foreach (var leaf in leaves.AsSpan(row * roots.Length, roots.Length))
            {
                sum += leaf;
            }

            scores[row] = model.ScoreOf(sum);
        }

        return scores;
    }

    /// <summary>The scores with other values in one column.</summary>
    /// <param name="column">Which.</param>
    /// <param name="values">One a row.</param>
    /// <param name="scores">To be filled.</param>
    public void Score(int column, ReadOnlySpan<float> values, Span<float> scores)
    {
        var places = met[column].AsSpan();
        var next = 0;
        for (var row = 0; row < scores.Length; row++)
        {
            var own = rows.AsSpan(row * width, width);
            var first = row * roots.Length;
            var sum = model.BaseMargin;
            for (var tree = 0; tree < roots.Length; tree++)
            {
                if (next < places.Length && places[next] == first + tree)
                {
                    sum += Leaf(roots[tree], own, column, values[row]);
                    next++;
                }
                else
                {
                    sum += leaves[first + tree];
                }
            }

            scores[row] = model.ScoreOf(sum);
        }
    }

    private int[][] Walk()
    {
        var found = Enumerable.Range(0, width).Select(_ => new List<int>()).ToArray();
        for (var place = 0; place < leaves.Length; place++)
        {
            var (row, tree) = (place / roots.Length, place % roots.Length);
            var at = roots[tree];
            while (nodes[at].Feature >= 0)
            {
                var list = found[nodes[at].Feature];
                if (list.Count == 0 || list[^1] != place)
                {
                    list.Add(place);
                }

                at = nodes[at].Next(rows[(row * width) + nodes[at].Feature]);
            }

            leaves[place] = nodes[at].Condition;
        }

        return [.. found.Select(f => f.ToArray())];
    }

    private float Leaf(int at, ReadOnlySpan<float> row, int column, float value)
    {
        while (nodes[at].Feature is >= 0 and var feature)
        {
            at = nodes[at].Next(feature == column ? value : row[feature]);
        }

        return nodes[at].Condition;
    }

    private static (Node[] Nodes, int[] Roots) Flat(IReadOnlyList<XGBoostTree> trees)
    {
        var (nodes, roots) = (new List<Node>(), new int[trees.Count]);
        for (var t = 0; t < roots.Length; t++)
        {
            var (tree, root) = (trees[t], nodes.Count);
            roots[t] = root;
            for (var n = 0; n < tree.Left.Count; n++)
            {
                nodes.Add(tree.IsLeaf(n)
                    ? new Node(-1, tree.Conditions[n], 0, 0, 0)
                    : new Node(tree.Features[n], tree.Conditions[n], root + tree.Left[n], root + tree.Right[n], root + (tree.DefaultLeft[n] ? tree.Left[n] : tree.Right[n])));
            }
        }

        return ([.. nodes], roots);
    }

    /// <summary>A split; a leaf when its feature is negative, and then the condition is its value.</summary>
    private readonly record struct Node(int Feature, float Condition, int Left, int Right, int Missing)
    {
        public int Next(float value) => float.IsNaN(value) ? Missing : value < Condition ? Left : Right;
    }
}
