using System.Collections.Concurrent;
using Flyball.Engine.Time;

namespace Flyball.Contracts.Versions;

/// <summary>The earlier versions that are accepted beside the contracts in force, by source, and how many rows came that way since the start. Thread-safe.</summary>
/// <param name="time">Says when one is not accepted any more.</param>
/// <param name="bySource">At most one a source.</param>
public sealed class EarlierContracts(TimeProvider time, IReadOnlyDictionary<string, EarlierContract> bySource)
{
    private readonly ConcurrentDictionary<string, long> rows = new(StringComparer.Ordinal);

    /// <summary>No source accepts an earlier version. A new one each time: it counts rows.</summary>
    public static EarlierContracts None() => new(TimeProvider.System, new Dictionary<string, EarlierContract>(StringComparer.Ordinal));

    public EarlierContract? Find(string source) => bySource.GetValueOrDefault(source);

    /// <summary>Whether rows of it are taken now.</summary>
    public bool IsOpen(EarlierContract earlier) => EventTime.From(time.GetUtcNow()) < earlier.Until;

    /// <summary>Rows accepted by the earlier version of a source since the start.</summary>
    public long RowsOf(string source) => rows.GetValueOrDefault(source);

    internal void Count(string source, int count) => rows.AddOrUpdate(source, count, (_, before) => before + count);

    /// <param name="source">The source.</param>
    /// <param name="knownAt">The column that says when each row was known; null for none.</param>
    internal EarlierReader? NewReader(string source, string? knownAt) => Find(source) is { } earlier ? new EarlierReader(this, earlier, knownAt) : null;
}
