using Flyball.Training.XGBoost;

namespace Flyball.Training.LightGbm;

/// <summary>A model of trees whose values add up.</summary>
/// <param name="Objective">What the sum means: log-odds, or the number itself.</param>
/// <param name="Scale">What the sum is multiplied by before the link.</param>
/// <param name="FeatureCount">Columns of a row.</param>
/// <param name="FeatureNames">As named in training; empty when they were not.</param>
/// <param name="Trees">In order.</param>
internal sealed record LightGbmModel(XGBoostObjective Objective, double Scale, int FeatureCount, IReadOnlyList<string> FeatureNames, IReadOnlyList<LightGbmTree> Trees)
{
    /// <summary>The score of a row in double, tree after tree. The naive reading: packages are compared with it.</summary>
    public double Score(ReadOnlySpan<float> row)
    {
        var sum = 0.0;
        foreach (var tree in Trees)
        {
            sum += tree.Value(row);
        }

        return Objective == XGBoostObjective.BinaryLogistic ? 1 / (1 + Math.Exp(-Scale * sum)) : sum;
    }

    /// <summary>The same model in the form that is packaged: thresholds and leaves in float32, so that scores agree to its rounding.</summary>
    public XGBoostTreeModel ToTrees() =>
        XGBoostTreeModel.Of(Objective, Objective == XGBoostObjective.BinaryLogistic ? 0.5f : 0f, FeatureCount, FeatureNames, [.. Trees.Select(ToTree)]);

    private XGBoostTree ToTree(LightGbmTree tree)
    {
        var (inner, leaves) = (tree.Features.Length, tree.Leaves.Length);
        int Node(int child) => child >= 0 ? child : inner + ~child;
        int[] none = [.. Enumerable.Repeat(-1, leaves)];
        return new XGBoostTree(
            [.. tree.Left.Select(Node), .. none],
            [.. tree.Right.Select(Node), .. none],
            [.. tree.Features, .. new int[leaves]],
            [.. tree.Thresholds.Select(Above), .. tree.Leaves.Select(v => (float)(Scale * v))],
            [.. tree.MissingLeft, .. new bool[leaves]],
            new float[inner + leaves]);
    }

    /// <summary>The smallest float32 above a threshold: a float32 value is below it just when it is at most the threshold.</summary>
    private static float Above(double threshold)
    {
        var nearest = (float)threshold;
        var most = nearest > threshold ? nearest : MathF.BitIncrement(nearest);
        return float.IsPositiveInfinity(most) ? float.MaxValue : most;
    }
}
