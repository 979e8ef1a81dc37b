using Flyball.Contracts;

namespace Flyball.Features.History;

/// <summary>
/// Rows of one source that are asked for by one key: all that is computed from them travels together, from the lake through the parts to the
/// result. Views of one entity share a lane.
/// </summary>
/// <param name="Source">The contract of the rows.</param>
/// <param name="KeyIndex">The column of the source that holds the key.</param>
/// <param name="Columns">The columns of the source that the fold takes, in its order.</param>
/// <param name="SpineColumn">The column of the spine that holds the key.</param>
/// <param name="Width">How many values the fold gives.</param>
/// <param name="NewFold">A fold for one thread.</param>
internal sealed record HistoryLane(
    ContractPlan Source, int KeyIndex, IReadOnlyList<int> Columns, string SpineColumn, int Width, Func<ILaneFold> NewFold)
{
    /// <summary>How far behind an instant rows are looked at, in microseconds: nothing for features, the window for labels.</summary>
    public long ReachMicros { get; init; }
}
