namespace Flyball.Contracts.Holds;

/// <summary>A held batch as it stood when it was asked for.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Parts">In the order of the log; each with the position of its decision and whether that was a release.</param>
internal sealed record HeldBatch(string Id, IReadOnlyList<(HeldPart Part, long? DecisionSeq, bool IsReleased)> Parts)
{
    public HoldState State =>
        Parts.All(p => p.DecisionSeq is null) ? HoldState.Open
        : Parts.Any(p => p.DecisionSeq is null) ? HoldState.Releasing
        : Parts[0].IsReleased ? HoldState.Released
        : HoldState.Discarded;

    public long Rows => Parts.Sum(p => (long)p.Part.Rows);
}
