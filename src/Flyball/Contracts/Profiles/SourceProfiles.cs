using System.Collections.Frozen;
using Flyball.Engine.Time;

namespace Flyball.Contracts.Profiles;

/// <summary>
/// What the rows of every source looked like, by UTC day of event time: a subscriber of the event log that profiles each row once. Profiles
/// are files under the data directory, so a restart takes up where the files end, and a file that is damaged, stale or of another version of
/// the contract's columns is made again from the log.
/// </summary>
public sealed class SourceProfiles
{
    /// <summary>Open days of a source are bounded so that their columns fit into this, at about 20 kB each.</summary>
    private const int OpenColumns = 3_200;
    private const int LeastOpen = 8;

    private readonly FrozenDictionary<string, SourceDays> sources;
    private readonly IReadOnlyList<(string Source, ProfileSnapshot Part)> parts;

    private SourceProfiles(FrozenDictionary<string, SourceDays> sources, IReadOnlyList<(string, ProfileSnapshot)> parts, int removed) =>
        (this.sources, this.parts, Removed) = (sources, parts, removed);

    /// <summary>Files that were found unusable at start.</summary>
    public int Removed { get; }

    /// <summary>Days in memory, over all sources.</summary>
    public int OpenDays => sources.Values.Sum(s => s.OpenDays);

    /// <summary>Verifies the files that are there. Subscribe before the log's replay. Cost: reads every file, about 3 ms a megabyte.</summary>
    /// <param name="folder">A folder of its own; created with the first file.</param>
    /// <param name="contracts">The sources.</param>
    /// <param name="durable">The end of the log; a file beyond it belongs to another log.</param>
    /// <param name="mostOpen">Days in memory a source; null plans about 64 MB.</param>
    public static SourceProfiles Open(string folder, ContractSet contracts, Horizon durable, int? mostOpen = null) =>
        Open(folder, contracts, durable, mostOpen, null);

    internal static SourceProfiles Open(string folder, ContractSet contracts, Horizon durable, int? mostOpen, DayLimits? limits)
    {
        var removed = 0;
        var kept = new List<(string, ProfileSnapshot)>();
        var bySource = new Dictionary<string, SourceDays>(StringComparer.Ordinal);
        foreach (var plan in contracts.Plans)
        {
            var columns = ProfileColumns.Of(plan);
            var most = mostOpen ?? Math.Max(LeastOpen, OpenColumns / Math.Max(1, columns.Count));
            var days = new SourceDays(columns, new ProfileFiles(Path.Combine(folder, plan.Source), plan.Source), limits ?? new DayLimits(most));
            removed += days.Load(durable.Seq);
            bySource.Add(plan.Source, days);
            kept.Add((plan.Source, new ProfileSnapshot(days, plan.Source, plan.Digest)));
        }

        return new SourceProfiles(bySource.ToFrozenDictionary(StringComparer.Ordinal), kept, removed);
    }

    /// <summary>Subscribes to every source, with what a snapshot keeps of its files.</summary>
    public void SubscribeTo(EventLog events)
    {
        foreach (var (source, part) in parts)
        {
            events.Subscribe(Apply, [source], part);
        }
    }

    /// <summary>Takes one row of the log, in its order.</summary>
    public void Apply(EventRow row)
    {
        // A profile says what came: a row that is taken back later came too.
        if (!row.IsRetraction && sources.TryGetValue(row.Plan.Source, out var days))
        {
            days.Add(ProfileDay.Of(row.Stamp.EventTime), ProfileDay.Of(new EventTime(row.Stamp.KnownAt.Micros)), row.Stamp.Seq, row.Row);
        }
    }

    /// <summary>The merged profile of a source's days. Null when there is no such source. Cost: about 3 ms a day that is not open.</summary>
    /// <param name="source">Name of the source.</param>
    /// <param name="from">The first day; null from the beginning.</param>
    /// <param name="to">The day after the last; null to the end.</param>
    public ProfileSpan? Read(string source, DateOnly? from = null, DateOnly? to = null) =>
        sources.TryGetValue(source, out var days) ? days.Read(DayOf(from) ?? long.MinValue, DayOf(to) ?? long.MaxValue) : null;

    /// <summary>The replay is over: from now on the log's thread does not wait for files that rows all over the calendar would take.</summary>
    public void GoLive()
    {
        foreach (var days in sources.Values)
        {
            days.IsLive = true;
        }
    }

    /// <summary>Takes the rows that wait for a day that is a file.</summary>
    public void TakeWaiting()
    {
        foreach (var days in sources.Values)
        {
            days.Take();
        }
    }

    /// <summary>Writes the days that changed.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public void Save()
    {
        foreach (var days in sources.Values)
        {
            days.Save();
        }
    }

    private static long? DayOf(DateOnly? date) => date is { } d ? ProfileDay.Of(EventTime.From(new DateTimeOffset(d, TimeOnly.MinValue, TimeSpan.Zero))) : null;
}
