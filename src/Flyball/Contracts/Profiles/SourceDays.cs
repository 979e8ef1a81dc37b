using Flyball.Engine.Expressions;
using Flyball.Engine.Profiles;
using Flyball.Native.Posix;

namespace Flyball.Contracts.Profiles;

/// <summary>
/// The days of one source.
/// <list type="number">
/// <item>A row belongs to the UTC day of its event time. The days that rows come for are open, in memory; the others are files.</item>
/// <item>A day remembers the log position it covers, so a row that a replay brings again changes nothing, and a late row opens its day again.</item>
/// <item>When more days are open than memory is planned for, those that were not turned to for longest are written and closed.</item>
/// </list>
/// Rows come from one thread; reading and saving may run beside it.
/// </summary>
internal sealed class SourceDays(IReadOnlyList<ProfiledColumn> columns, ProfileFiles files, int mostOpen)
{
    private readonly Lock gate = new();
    private readonly Dictionary<long, DayProfile> open = [];
    private readonly Dictionary<long, long> closed = [];
    private readonly SortedSet<long> lost = [];
    private DayProfile? current;
    private long currentDay;
    private long turns;

    public int OpenDays
    {
        get
        {
            lock (gate)
            {
                return open.Count;
            }
        }
    }

    /// <summary>Finds the files that can be used. One that is damaged, of another contract or ahead of the log is removed: the replay makes it again.</summary>
    /// <returns>How many were removed.</returns>
    public int Load(long durable)
    {
        var removed = 0;
        foreach (var day in files.Days().ToList())
        {
            if (files.Read(day, columns) is { } found && found.Covers <= durable)
            {
                closed[day] = found.Covers;
            }
            else
            {
                files.Delete(day);
                removed++;
            }
        }

        return removed;
    }

    /// <summary>Takes one row, in log order. Cost: that of the profile's columns, and now and then reading or writing a day.</summary>
    public void Add(long day, long seq, Value[] row)
    {
        lock (gate)
        {
            var profile = current is not null && currentDay == day ? current : TurnTo(day, seq);
            if (profile is not null && seq > profile.Covers)
            {
                profile.Add(seq, row);
            }
        }
    }

    /// <summary>Merges the days from <paramref name="from"/> to before <paramref name="to"/>.</summary>
    public ProfileSpan Read(long from, long to)
    {
        var whole = new TableProfile(columns);
        var days = new List<long>();
        List<long> onDisk;
        List<long> missing;
        lock (gate)
        {
            foreach (var (day, profile) in open.Where(o => o.Key >= from && o.Key < to).OrderBy(o => o.Key))
            {
                whole.Merge(profile.Table);
                days.Add(day);
            }

            onDisk = [.. closed.Keys.Where(d => d >= from && d < to).Order()];
            missing = [.. lost.Where(d => d >= from && d < to)];
        }

        foreach (var day in onDisk)
        {
            if (files.Read(day, columns) is { } stored)
            {
                whole.Merge(stored.Table);
                days.Add(day);
            }
            else
            {
                missing.Add(day);
            }
        }

        days.Sort();
        missing.Sort();
        return new ProfileSpan(whole, [.. days.Select(ProfileDay.Text)], [.. missing.Select(ProfileDay.Text)]);
    }

    /// <summary>Writes every day that changed since it was written; it stays open. Safe beside rows that come in.</summary>
    /// <exception cref="IOException">The disk refuses; what was not written stays to be written.</exception>
    public void Save()
    {
        List<long> dirty;
        lock (gate)
        {
            dirty = [.. open.Where(o => o.Value.IsDirty).Select(o => o.Key)];
        }

        foreach (var day in dirty)
        {
            // Rows wait while one day is written, and no longer. Written outside, an older state could replace what closing the day just wrote.
            lock (gate)
            {
                if (open.TryGetValue(day, out var profile) && profile.IsDirty)
                {
                    Write(day, profile);
                }
            }
        }
    }

    /// <summary>Writes every day that changed, and tells what each file covers: all rows that were given before the call.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public IReadOnlyList<(long Day, long Covers)> SaveAll()
    {
        Save();
        lock (gate)
        {
            return [.. closed.Select(c => (c.Key, c.Value)).Concat(open.Where(o => o.Value.Stored > 0).Select(o => (o.Key, o.Value.Stored))).Order()];
        }
    }

    /// <summary>Whether the file of a day was found at start and is no older than it was.</summary>
    public bool Covers(long day, long covers)
    {
        lock (gate)
        {
            return closed.TryGetValue(day, out var found) && found >= covers;
        }
    }

    private void Write(long day, DayProfile profile)
    {
        files.Write(day, profile.Table.ToJson(), profile.Covers);
        profile.MarkStored();
    }

    private DayProfile? TurnTo(long day, long seq)
    {
        if (!open.TryGetValue(day, out var profile))
        {
            if (lost.Contains(day) || (closed.TryGetValue(day, out var covers) && seq <= covers))
            {
                return null;
            }

            profile = Open(day);
            if (profile is null)
            {
                return null;
            }
        }

        profile.Turn = ++turns;
        (current, currentDay) = (profile, day);
        return profile;
    }

    private DayProfile? Open(long day)
    {
        if (open.Count >= mostOpen)
        {
            CloseOldest();
        }

        var profile = new DayProfile(new TableProfile(columns), 0);
        if (closed.Remove(day))
        {
            if (files.Read(day, columns) is not { } stored)
            {
                // The file was good at start. Without its rows the day would be told wrong; the next start makes it from the log.
                lost.Add(day);
                return null;
            }

            profile = stored;
        }

        open.Add(day, profile);
        return profile;
    }

    /// <summary>Closes a quarter at once, so that days in turn do not cost a file each. What cannot be written stays open.</summary>
    private void CloseOldest()
    {
        foreach (var (day, profile) in open.OrderBy(o => o.Value.Turn).Take((mostOpen / 4) + 1).ToList())
        {
            try
            {
                if (profile.IsDirty)
                {
                    Write(day, profile);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or PosixException)
            {
                // Rows must not fail for it. The next save meets the same disk, and says so.
                return;
            }

            open.Remove(day);
            closed[day] = profile.Covers;
        }

        current = null;
    }
}
