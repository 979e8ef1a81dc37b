namespace Flyball.Training.Splits;

/// <summary>Divides labelled rows into parts. Deterministic: the same rows give the same parts.</summary>
public interface IRowSplit
{
    /// <summary>What each row is used for.</summary>
    /// <param name="rows">In log order, labelled and mature.</param>
    SplitPart[] Assign(IReadOnlyList<SplitRow> rows);

    /// <summary>The stretch of time a part is, of a split by time; null for another.</summary>
    TimeRange? RangeOf(SplitPart part);
}
