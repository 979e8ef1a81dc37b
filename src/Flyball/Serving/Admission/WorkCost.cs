namespace Flyball.Serving.Admission;

/// <summary>
/// What a row of a model costs, as it was seen lately: an exponentially weighted mean of microseconds. Falls fast and rises slowly, since what is
/// slow once (code that is compiled, a pause of the collector) must not turn requests away that would have been answered at once. Thread-safe; a
/// lost update is a measurement less.
/// </summary>
internal sealed class WorkCost
{
    /// <summary>The weight of a measurement above the mean.</summary>
    private const double Rising = 0.05;

    /// <summary>The weight of a measurement below the mean.</summary>
    private const double Falling = 0.5;

    private double micros;

    /// <summary>Expected microseconds of so many rows; 0 while nothing was seen.</summary>
    public double Of(int rows) => Volatile.Read(ref micros) * rows;

    public void Note(int rows, double took)
    {
        var row = took / Math.Max(1, rows);
        var seen = Volatile.Read(ref micros);
        Volatile.Write(ref micros, seen + ((row > seen ? Rising : Falling) * (row - seen)));
    }
}
