namespace Flyball.Serving.Admission;

/// <summary>
/// What a row of a model costs, as it was seen lately: an exponentially weighted mean of microseconds. Falls fast and rises slowly, since what is
/// slow once (code that is compiled, a pause of the collector, a processor taken away) must not turn requests away that would have been answered at once:
/// one measurement counts as a few times the mean at most, and what has really become slow is known after some dozen. Thread-safe; a lost update is a
/// measurement less.
/// </summary>
internal sealed class WorkCost
{
    /// <summary>The weight of a measurement above the mean.</summary>
    private const double Rising = 0.05;

    /// <summary>The weight of a measurement below the mean.</summary>
    private const double Falling = 0.5;

    /// <summary>How many times the mean a measurement counts at most.</summary>
    private const double MostTimes = 4;

    /// <summary>What a measurement may always count, in microseconds.</summary>
    private const double Always = 100;

    private double micros;

    /// <summary>Expected microseconds of so many rows; 0 while nothing was seen.</summary>
    public double Of(int rows) => Volatile.Read(ref micros) * rows;

    public void Note(int rows, double took)
    {
        var seen = Volatile.Read(ref micros);
        var row = Math.Min(took / Math.Max(1, rows), Math.Max(Always, MostTimes * seen));
        Volatile.Write(ref micros, seen + ((row > seen ? Rising : Falling) * (row - seen)));
    }
}
