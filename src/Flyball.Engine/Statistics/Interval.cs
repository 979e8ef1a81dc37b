namespace Flyball.Engine.Statistics;

/// <summary>A closed confidence interval, in the unit of what it bounds.</summary>
public readonly record struct Interval(double Lower, double Upper)
{
    public bool Contains(double value) => value >= Lower && value <= Upper;
}
