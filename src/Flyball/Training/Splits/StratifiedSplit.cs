namespace Flyball.Training.Splits;

/// <summary>
/// A split of rows that stand in no order of time.
/// <list type="number">
/// <item>The rows of each class are put in an order that follows from the seed and their keys alone, not from their place in the log.</item>
/// <item>Of each class the first share tests, the next validates, the next trains.</item>
/// <item>Labels that are no classes are one class.</item>
/// </list>
/// </summary>
/// <param name="shares">How much goes where.</param>
/// <param name="hasClasses">Labels are classes.</param>
internal sealed class StratifiedSplit(SplitShares shares, bool hasClasses) : IRowSplit
{
    public SplitPart[] Assign(IReadOnlyList<SplitRow> rows)
    {
        var parts = new SplitPart[rows.Count];
        foreach (var stratum in rows.Index().GroupBy(r => hasClasses ? r.Item.Label : 0))
        {
            var order = stratum.Select(r => (r.Index, Order: KeyHash.Of(r.Item.Group, shares.Seed), r.Item.Seq)).OrderBy(r => r.Order).ThenBy(r => r.Seq).ToList();
            var test = (int)Math.Round(order.Count * shares.Test, MidpointRounding.AwayFromZero);
            var validation = (int)Math.Round(order.Count * (shares.Test + shares.Validation), MidpointRounding.AwayFromZero);
            var train = (int)Math.Round(order.Count * (shares.Test + shares.Validation + shares.Train), MidpointRounding.AwayFromZero);
            for (var i = 0; i < Math.Min(train, order.Count); i++)
            {
                parts[order[i].Index] = i < test ? SplitPart.Test : i < validation ? SplitPart.Validation : SplitPart.Train;
            }
        }

        return parts;
    }

    public TimeRange? RangeOf(SplitPart part) => null;
}
