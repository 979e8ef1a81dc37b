namespace Flyball.Training.Forests;

/// <summary>What stands behind the sum of the trees.</summary>
internal enum ForestLink
{
    /// <summary>The sum is the score.</summary>
    None,

    /// <summary><c>1 / (1 + exp(-sum))</c>.</summary>
    Logistic,

    /// <summary><c>exp(sum)</c>.</summary>
    Exponential,
}

/// <summary>
/// A sum of decision trees over float32 inputs, laid out for one row at a time.
/// <list type="number">
/// <item>The two children of a node stand side by side, so a step is an addition and no branch; a leaf leads to itself, so every tree takes as many
/// steps as it is deep and the processor can work on several trees at once.</item>
/// <item>Leaves are added in the order of the trees, in float32: the sum has the bits that ONNX Runtime's TreeEnsembleRegressor gives one row
/// on one thread. The exponential of a link is taken in double and rounded once, as the operators behind it do.</item>
/// </list>
/// Immutable and thread-safe; a row allocates nothing. Cost: the depths of all trees, about a nanosecond each while the trees are in the cache.
/// </summary>
internal sealed class Forest
{
    private readonly ForestNode[] nodes;
    private readonly (int Root, int Depth)[] trees;

    /// <param name="nodes">Of all trees; children behind their parents and side by side.</param>
    /// <param name="trees">Where each begins, and how many steps its deepest leaf takes.</param>
    /// <param name="width">Inputs of a row.</param>
    public Forest(ForestNode[] nodes, (int Root, int Depth)[] trees, int width, ForestLink link)
    {
        this.nodes = nodes;
        this.trees = trees;
        Width = width;
        Link = link;
        foreach (var node in nodes)
        {
            // The steps below are not checked one by one.
            if (node.First < 0 || node.First + 1 > nodes.Length || node.Feature < 0 || node.Feature >= width)
            {
                throw new ArgumentException("A node leads out of the forest.", nameof(nodes));
            }
        }
    }

    public int Width { get; }

    public ForestLink Link { get; }

    public int Trees => trees.Length;

    public int Nodes => nodes.Length;

    /// <summary>The thresholds that each input is compared with.</summary>
    public IReadOnlyList<float>[] ThresholdsByInput()
    {
        var found = new List<float>[Width];
        for (var i = 0; i < found.Length; i++)
        {
            found[i] = [];
        }

        foreach (var node in nodes)
        {
            if (!node.IsLeaf)
            {
                found[node.Feature].Add(node.Threshold);
            }
        }

        return found;
    }

    /// <summary>The score of a row; NaN is missing.</summary>
    /// <param name="row">At least <see cref="Width"/> long.</param>
    public float Score(ReadOnlySpan<float> row)
    {
        row = row[..Width];
        var all = nodes;
        var sum = 0f;
        foreach (var (root, depth) in trees)
        {
            var at = root;
            for (var step = 0; step < depth; step++)
            {
                at = all[at].Next(row);
            }

            sum += all[at].Value;
        }

        return Link switch
        {
            ForestLink.Logistic => 1f / ((float)Math.Exp(-(double)sum) + 1f),
            ForestLink.Exponential => (float)Math.Exp(sum),
            _ => sum,
        };
    }
}
