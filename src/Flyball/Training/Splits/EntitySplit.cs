namespace Flyball.Training.Splits;

/// <summary>A split in which all rows of one key are in one part: the key's hash decides, so a key stays where it is when rows come in.</summary>
internal sealed class EntitySplit(SplitShares shares) : IRowSplit
{
    public SplitPart[] Assign(IReadOnlyList<SplitRow> rows) => [.. rows.Select(r => PartOf(KeyHash.ShareOf(r.Group, shares.Seed)))];

    public TimeRange? RangeOf(SplitPart part) => null;

    private SplitPart PartOf(double place) =>
        place < shares.Test ? SplitPart.Test
        : place < shares.Test + shares.Validation ? SplitPart.Validation
        : place < shares.Test + shares.Validation + shares.Train ? SplitPart.Train
        : SplitPart.None;
}
