namespace Flyball.Contracts.Quality;

/// <summary>How late the rows of a source came in the days of its reference.</summary>
/// <param name="Ages">Of each day the greatest age that the newest event of a run of 100 rows or more had when it was known, in microseconds, ascending;
/// empty where every row was known as it happened.</param>
/// <param name="Gaps">Of each day the longest time without news that ended in it, in microseconds, ascending.</param>
public sealed record FreshnessReference(IReadOnlyList<long> Ages, IReadOnlyList<long> Gaps);
