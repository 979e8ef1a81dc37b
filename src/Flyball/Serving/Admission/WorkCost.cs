namespace Flyball.Serving.Admission;

/// <summary>
/// What a row of a model costs, as it was seen lately: an exponentially weighted mean of microseconds. Thread-safe; a lost update is a
/// measurement less.
/// </summary>
internal sealed class WorkCost
{
    /// <summary>The weight of one more measurement.</summary>
    private const double Weight = 0.05;

    private double micros = double.NaN;

    /// <summary>Expected microseconds of so many rows; 0 while nothing was seen.</summary>
    public double Of(int rows) => Volatile.Read(ref micros) is var seen && double.IsNaN(seen) ? 0 : seen * rows;

    public void Note(int rows, double took)
    {
        var row = took / Math.Max(1, rows);
        var seen = Volatile.Read(ref micros);
        Volatile.Write(ref micros, double.IsNaN(seen) ? row : seen + (Weight * (row - seen)));
    }
}
