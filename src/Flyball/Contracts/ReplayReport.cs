using Flyball.Engine.Time;

namespace Flyball.Contracts;

/// <summary>What a replay of the log found.</summary>
/// <param name="Rows">Rows read and given to the subscribers.</param>
/// <param name="Quarantined">Rows in quarantine.</param>
/// <param name="Unread">Rows that no present contract can read: their source is gone, or a column changed its type.</param>
/// <param name="Horizon">The last position seen.</param>
public sealed record ReplayReport(long Rows, long Quarantined, long Unread, Horizon Horizon)
{
    /// <summary>What lies before was read from a snapshot; 0 without one.</summary>
    public Horizon Restored { get; init; }

    /// <summary>Parts of the snapshot that could not be used: they were made again from the log.</summary>
    public IReadOnlyCollection<string> Rebuilt { get; init; } = [];
}
