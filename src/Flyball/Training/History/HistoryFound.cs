using Flyball.Features.History;

namespace Flyball.Training.History;

/// <summary>What rows of a spine found of one source by one key.</summary>
/// <param name="Source">The source.</param>
/// <param name="Key">The spine's column.</param>
/// <param name="Rows">Rows of the spine.</param>
/// <param name="Happened">Those whose key has an event before their instant.</param>
/// <param name="Known">Those of them where one was known in time.</param>
public sealed record HistoryFound(string Source, string Key, long Rows, long Happened, long Known)
{
    /// <summary>What a run found, lane by lane; labels are not asked for by instant and left out.</summary>
    internal static IReadOnlyList<HistoryFound> Of(HistoryPlan plan, HistoryRun run) =>
        [.. plan.Lanes.Zip(run.Counts).Where(l => l.First.ReachMicros == 0).Select(l => new HistoryFound(l.First.Source.Source, l.First.SpineColumn, l.Second.Rows, l.Second.Happened, l.Second.Known))];
}
