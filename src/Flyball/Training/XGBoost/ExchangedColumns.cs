namespace Flyball.Training.XGBoost;

/// <summary>
/// Scores rows of which one column is exchanged, by a model of trees with one output.
/// <list type="number">
/// <item>Each row goes down each tree once. Kept are the sum of its leaves, and for each column where the row met it first in a tree.</item>
/// <item>Another value of a column can move a row from there on alone: it goes on from that split, and the difference of the leaves is added to the sum.</item>
/// <item>Sums are in double, so that a row that is not moved keeps its score to the bit.</item>
/// </list>
/// Cost: of a column, the trees whose paths meet it, instead of all. Memory: rows times trees times the columns of a path. Immutable and thread-safe.
/// </summary>
internal sealed class ExchangedColumns
{
    private readonly XGBoostTreeModel model;
    private readonly float[] rows;
    private readonly int width;
    private readonly Node[] nodes;
    private readonly double[] sums;
    private readonly Meeting[][] met;

    /// <param name="model">With one output.</param>
    /// <param name="rows">Row-major, rows times the features of the model; NaN is missing.</param>
    public ExchangedColumns(XGBoostTreeModel model, float[] rows)
    {
        (this.model, this.rows, width) = (model, rows, model.FeatureCount);
        (nodes, var roots) = Flat(model.Trees);
        sums = new double[rows.Length / width];
        met = Walk(roots);
    }

    /// <summary>The scores of the rows as they are.</summary>
    public float[] Scores() => [.. sums.Select(s => model.ScoreOf((float)s))];

    /// <summary>The scores with other values in one column.</summary>
    /// <param name="column">Which.</param>
    /// <param name="values">One a row.</param>
    /// <param name="scores">To be filled.</param>
    public void Score(int column, ReadOnlySpan<float> values, Span<float> scores)
    {
        var meetings = met[column];
        var next = 0;
        for (var row = 0; row < scores.Length; row++)
        {
            var own = rows.AsSpan(row * width, width);
            double moved = 0;
            for (; next < meetings.Length && meetings[next].Row == row; next++)
            {
                moved += (double)Leaf(meetings[next].Node, own, column, values[row]) - meetings[next].Leaf;
            }

            scores[row] = model.ScoreOf((float)(sums[row] + moved));
        }
    }

    private Meeting[][] Walk(int[] roots)
    {
        var found = Enumerable.Range(0, width).Select(_ => new List<Meeting>()).ToArray();
        var path = new List<(int Column, int Node)>();
        for (var row = 0; row < sums.Length; row++)
        {
            sums[row] = model.BaseMargin;
            foreach (var root in roots)
            {
                path.Clear();
                var at = root;
                for (; nodes[at].Column >= 0; at = nodes[at].Next(rows[(row * width) + nodes[at].Column]))
                {
                    if (!path.Exists(p => p.Column == nodes[at].Column))
                    {
                        path.Add((nodes[at].Column, at));
                    }
                }

                sums[row] += nodes[at].Condition;
                foreach (var (column, node) in path)
                {
                    found[column].Add(new Meeting(row, node, nodes[at].Condition));
                }
            }
        }

        return [.. found.Select(f => f.ToArray())];
    }

    private float Leaf(int at, ReadOnlySpan<float> row, int column, float value)
    {
        while (nodes[at].Column is >= 0 and var read)
        {
            at = nodes[at].Next(read == column ? value : row[read]);
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

    /// <summary>A split; a leaf when its column is negative, and then the condition is its value.</summary>
    private readonly record struct Node(int Column, float Condition, int Left, int Right, int Missing)
    {
        public int Next(float value) => float.IsNaN(value) ? Missing : value < Condition ? Left : Right;
    }

    /// <summary>Where a row meets a column first in a tree, and the leaf it ends in.</summary>
    private readonly record struct Meeting(int Row, int Node, float Leaf);
}
