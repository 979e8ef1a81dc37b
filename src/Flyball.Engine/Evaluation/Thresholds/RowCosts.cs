namespace Flyball.Engine.Evaluation.Thresholds;

/// <summary>What a wrong decision costs, in one unit: the same for every row, or one figure a row, such as the amount that a missed fraud loses.</summary>
public sealed class RowCosts
{
    private readonly double[] falsePositives;
    private readonly double[] falseNegatives;

    private RowCosts(double[] falsePositives, double[] falseNegatives)
    {
        if (falsePositives.Concat(falseNegatives).Any(c => !(c >= 0) || !double.IsFinite(c)))
        {
            throw new ArgumentException("A cost is a number of 0 or more.", nameof(falsePositives));
        }

        (this.falsePositives, this.falseNegatives) = (falsePositives, falseNegatives);
    }

    /// <summary>The same costs for every row.</summary>
    public static RowCosts Of(double falsePositive, double falseNegative) => new([falsePositive], [falseNegative]);

    /// <summary>One figure a row, or a list of one for all rows.</summary>
    /// <exception cref="ArgumentException">A cost is negative or not finite.</exception>
    public static RowCosts Of(IEnumerable<double> falsePositives, IEnumerable<double> falseNegatives) => new([.. falsePositives], [.. falseNegatives]);

    public double FalsePositive(int row) => falsePositives.Length == 1 ? falsePositives[0] : falsePositives[row];

    public double FalseNegative(int row) => falseNegatives.Length == 1 ? falseNegatives[0] : falseNegatives[row];

    /// <summary>Whether there is a figure for each of so many rows.</summary>
    public bool Cover(int rows) => (falsePositives.Length == 1 || falsePositives.Length == rows) && (falseNegatives.Length == 1 || falseNegatives.Length == rows);
}
