using Flyball.Engine.Statistics;

namespace Flyball.Training;

/// <summary>Bins fitted to reference values and what fell into them: all that drift is ever measured against.</summary>
public sealed record FrozenProfile(QuantileBins Bins, BinCounts Counts)
{
    /// <param name="values">NaN is missing.</param>
    public static FrozenProfile Of(ReadOnlySpan<double> values)
    {
        var present = new List<double>(values.Length);
        foreach (var value in values)
        {
            if (!double.IsNaN(value))
            {
                present.Add(value);
            }
        }

        var bins = QuantileBins.Fit([.. present]);
        return new FrozenProfile(bins, bins.CountValues([.. present], values.Length - present.Count));
    }
}
