using System.Runtime.CompilerServices;

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
    private const int SideBySide = 4;

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

        return Linked(sum);
    }

    /// <summary>
    /// The scores of rows, the same bits as of each alone: four rows go down a tree side by side, so that the processor need not wait for one step before the next,
    /// and the leaves of each row are added in the same order.
    /// </summary>
    /// <param name="rows">Row after row, each <see cref="Width"/> long.</param>
    /// <param name="scores">One a row, to be filled.</param>
    public void Score(ReadOnlySpan<float> rows, Span<float> scores)
    {
        var first = 0;
        for (; first + SideBySide <= scores.Length; first += SideBySide)
        {
            Score4(rows.Slice(first * Width, SideBySide * Width), scores.Slice(first, SideBySide));
        }

        for (; first < scores.Length; first++)
        {
            scores[first] = Score(rows.Slice(first * Width, Width));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Score4(ReadOnlySpan<float> rows, Span<float> scores)
    {
        var all = nodes;
        var row0 = rows[..Width];
        var row1 = rows.Slice(Width, Width);
        var row2 = rows.Slice(2 * Width, Width);
        var row3 = rows.Slice(3 * Width, Width);
        var (sum0, sum1, sum2, sum3) = (0f, 0f, 0f, 0f);
        foreach (var (root, depth) in trees)
        {
            var (at0, at1, at2, at3) = (root, root, root, root);
            for (var step = 0; step < depth; step++)
            {
                at0 = all[at0].Next(row0);
                at1 = all[at1].Next(row1);
                at2 = all[at2].Next(row2);
                at3 = all[at3].Next(row3);
            }

            sum0 += all[at0].Value;
            sum1 += all[at1].Value;
            sum2 += all[at2].Value;
            sum3 += all[at3].Value;
        }

        (scores[0], scores[1], scores[2], scores[3]) = (Linked(sum0), Linked(sum1), Linked(sum2), Linked(sum3));
    }

    private float Linked(float sum) => Link switch
    {
        ForestLink.Logistic => 1f / ((float)Math.Exp(-(double)sum) + 1f),
        ForestLink.Exponential => (float)Math.Exp(sum),
        _ => sum,
    };
}
