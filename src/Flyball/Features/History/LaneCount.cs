namespace Flyball.Features.History;

/// <summary>What the rows of the spine found in one lane.</summary>
/// <param name="Rows">Rows of the spine.</param>
/// <param name="Happened">Those whose key has an event before their instant.</param>
/// <param name="Known">Those of them where the question may know of one.</param>
public readonly record struct LaneCount(long Rows, long Happened, long Known)
{
    public static LaneCount operator +(LaneCount a, LaneCount b) => new(a.Rows + b.Rows, a.Happened + b.Happened, a.Known + b.Known);
}
