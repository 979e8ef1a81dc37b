namespace Flyball.Engine.Windows;

/// <summary>
/// A floating-point sum that carries the rounding errors of its additions beside it (A. Neumaier, Rundungsfehleranalyse einiger Verfahren zur
/// Summation endlicher Summen, ZAMM 54, 1974). The error is of the order of one rounding of the result plus n·ε² of the sum of magnitudes.
/// Merging adds the later tile's sum the same way and then its compensation to the compensation.
/// </summary>
internal struct CompensatedSum : ITileState<CompensatedSum>
{
    private double sum;
    private double compensation;

    public long Entered { readonly get; private set; }

    /// <summary>Infinite or NaN when an intermediate sum overflowed.</summary>
    public readonly double Total => sum + compensation;

    public void Add(in InputSpan input, int row)
    {
        var value = input.Numbers[row];
        if (!double.IsNaN(value))
        {
            Entered++;
            Add(value);
        }
    }

    public void Merge(in CompensatedSum later)
    {
        Entered += later.Entered;
        Add(later.sum);
        compensation += later.compensation;
    }

    private void Add(double value)
    {
        var next = sum + value;
        compensation += Math.Abs(sum) >= Math.Abs(value) ? sum - next + value : value - next + sum;
        sum = next;
    }
}
