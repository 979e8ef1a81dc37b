namespace Flyball.Training.LightGbm;

/// <summary>One tree: a list a property over the internal nodes, and the values of the leaves. A child below 0 is the leaf of its complement.</summary>
/// <param name="Features">Column a node splits on.</param>
/// <param name="Thresholds">Left up to and with this.</param>
/// <param name="MissingLeft">Where a missing value goes.</param>
/// <param name="Left">Child.</param>
/// <param name="Right">Child.</param>
/// <param name="Leaves">Values; one for a tree without splits.</param>
internal sealed record LightGbmTree(int[] Features, double[] Thresholds, bool[] MissingLeft, int[] Left, int[] Right, double[] Leaves)
{
    /// <summary>The value of a row, as LightGBM walks the tree.</summary>
    public double Value(ReadOnlySpan<float> row)
    {
        var node = Features.Length == 0 ? ~0 : 0;
        while (node >= 0)
        {
            double value = row[Features[node]];
            node = (double.IsNaN(value) ? MissingLeft[node] : value <= Thresholds[node]) ? Left[node] : Right[node];
        }

        return Leaves[~node];
    }
}
