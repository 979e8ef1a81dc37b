namespace Flyball.Engine.Sequential;

/// <summary>Bounds of a ratio of rates; an open upper end (null) means that the data do not bound it.</summary>
public sealed record RateRatio(double Lower, double? Upper)
{
    public bool Contains(double ratio) => ratio >= Lower && (Upper is null || ratio <= Upper);
}
