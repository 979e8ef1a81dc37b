namespace Flyball.Features.Online;

/// <summary>What is written of a view behind its timelines.</summary>
/// <param name="Floor">Microseconds; nothing before it is kept.</param>
/// <param name="Newest">Microseconds; the latest event time.</param>
/// <param name="Trimmed">Rows that were let go.</param>
internal readonly record struct TimelineEnd(long Floor, long Newest, long Trimmed);
