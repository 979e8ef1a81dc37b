using Flyball.Engine.Time;

namespace Flyball.Contracts;

/// <summary>What a replay of the log found.</summary>
/// <param name="Rows">Rows given to the subscribers.</param>
/// <param name="Quarantined">Rows in quarantine.</param>
/// <param name="Unread">Rows that no present contract can read: their source is gone, or a column changed its type.</param>
/// <param name="Horizon">The last position seen.</param>
public sealed record ReplayReport(long Rows, long Quarantined, long Unread, Horizon Horizon);
