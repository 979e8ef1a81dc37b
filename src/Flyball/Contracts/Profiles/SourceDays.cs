using System.Text.Json.Nodes;
using Flyball.Engine.Expressions;
using Flyball.Engine.Profiles;
using Flyball.Native.Posix;

namespace Flyball.Contracts.Profiles;

/// <summary>
/// The days of one source.
/// <list type="number">
/// <item>A row belongs to the UTC day of its event time. The days that rows come for are open, in memory; the others are files.</item>
/// <item>A day remembers the log position it covers, so a row that a replay brings again changes nothing, and a late row opens its day again.</item>
/// <item>When as many days are open as memory is planned for, rows of others wait, and are taken day by day in one go: files are read and
/// written beside the log, which does not wait for them, and once a day instead of once a row.</item>
/// <item>There are so many days and no more: rows of further ones go together into one profile of other days, so that event times
/// all over the calendar make neither files nor work without end. Days near the time of arrival always have room.</item>
/// </list>
/// Rows come from one thread; reading, taking and saving may run beside it.
/// </summary>
internal sealed class SourceDays(IReadOnlyList<ProfiledColumn> columns, ProfileFiles files, DayLimits limits)
{
    /// <summary>Stands for the profile of other days where a day is named.</summary>
    internal const long OtherDays = long.MaxValue;

    /// <summary>Guards files and what is about to be one. Taken before the gate, never inside it.</summary>
    private readonly Lock disk = new();
    private readonly Lock gate = new();
    private readonly Dictionary<long, DayProfile> open = [];
    private readonly Dictionary<long, long> closed = [];
    private readonly HashSet<long> closing = [];
    private readonly SortedSet<long> lost = [];
    private readonly WaitingRows waiting = new();
    private DayProfile other = new(new TableProfile(columns), 0);
    private DayProfile? current;
    private long currentDay;
    private long turns;
    private long behind;

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

    /// <summary>From now on the log is live: it does not wait for a source whose rows are all over the calendar.</summary>
    public bool IsLive { get; set; }

    /// <summary>Finds the files that can be used. One that is damaged, of another contract or ahead of the log is removed: the replay makes it again.</summary>
    /// <returns>How many were removed.</returns>
    public int Load(long durable)
    {
        var removed = 0;
        foreach (var day in files.Days().ToList())
        {
            if (files.Read(ProfileDay.Text(day), columns) is { } found && found.Covers <= durable)
            {
                closed[day] = found.Covers;
            }
            else
            {
                files.Delete(ProfileDay.Text(day));
                removed++;
            }
        }

        if (!files.Has(ProfileFiles.Other))
        {
            return removed;
        }

        // Which rows are in it follows from the days that there were: it is good beside all of them, or all of it is made again.
        if (removed == 0 && files.Read(ProfileFiles.Other, columns) is { } stored && stored.Covers <= durable)
        {
            other = stored;
            return 0;
        }

        foreach (var day in closed.Keys)
        {
            files.Delete(ProfileDay.Text(day));
        }

        files.Delete(ProfileFiles.Other);
        removed += closed.Count + 1;
        closed.Clear();
        return removed;
    }

    /// <summary>Takes one row, in log order. Cost: that of the profile's columns; in a replay now and then reading or writing days.</summary>
    /// <param name="day">Of its event time.</param>
    /// <param name="arrival">The day it became known.</param>
    /// <param name="seq">Its position.</param>
    /// <param name="row">Nobody changes it any more.</param>
    public void Add(long day, long arrival, long seq, Value[] row)
    {
        lock (gate)
        {
            if (behind > 0 || TryAdd(day, arrival, seq, row))
            {
                return;
            }

            waiting.Add(day, seq, row);
            if (waiting.Rows < limits.Waiting)
            {
                return;
            }

            if (IsLive && waiting.Days > limits.WaitingDays)
            {
                behind = seq;
                return;
            }
        }

        Take();
        lock (gate)
        {
            // The disk refuses: what follows is profiled at the next start.
            behind = waiting.Rows < limits.Waiting ? behind : seq;
        }
    }

    /// <summary>Takes the rows that wait for a day that is not open.</summary>
    public void Take()
    {
        lock (disk)
        {
            TakeWaiting();
        }
    }

    /// <summary>Merges the days from <paramref name="from"/> to before <paramref name="to"/>; all of them have the other days with them.</summary>
    public ProfileSpan Read(long from, long to)
    {
        var whole = new TableProfile(columns);
        var days = new List<long>();
        lock (disk)
        {
            TakeWaiting();
            List<long> onDisk;
            List<long> missing;
            long folded = 0;
            long upTo;
            lock (gate)
            {
                foreach (var (day, profile) in open.Where(o => o.Key >= from && o.Key < to).OrderBy(o => o.Key))
                {
                    whole.Merge(profile.Table);
                    days.Add(day);
                }

                if ((from, to) == (long.MinValue, long.MaxValue))
                {
                    whole.Merge(other.Table);
                    folded = other.Table.Rows;
                }

                onDisk = [.. closed.Keys.Where(d => d >= from && d < to).Order()];
                missing = [.. lost.Where(d => d >= from && d < to)];
                upTo = behind;
            }

            foreach (var day in onDisk)
            {
                if (files.Read(ProfileDay.Text(day), columns) is { } stored)
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
            return new ProfileSpan(whole, [.. days.Select(ProfileDay.Text)], [.. missing.Select(ProfileDay.Text)]) { OtherRows = folded, UpTo = upTo == 0 ? null : upTo };
        }
    }

    /// <summary>Writes every day that changed since it was written; it stays open. Rows that come in wait for a day's figures, not for the disk.</summary>
    /// <returns>Whether the files hold every row that was given before the call.</returns>
    /// <exception cref="IOException">The disk refuses; what was not written stays to be written.</exception>
    public bool Save()
    {
        lock (disk)
        {
            TakeWaiting();
            List<(long Day, DayProfile Profile)> dirty;
            (JsonObject Profile, long Covers)? others = null;
            bool isWhole;
            lock (gate)
            {
                isWhole = waiting.Rows == 0;
                // A row of the log that has no day and is covered by the other days counts as theirs: so they are written last, as they are now, and
                // only when no row waits.
                others = other.IsDirty && waiting.Rows == 0 ? (other.Table.ToJson(), other.Covers) : null;
                dirty = [.. open.Where(o => o.Value.IsDirty).Select(o => (o.Key, o.Value))];
            }

            foreach (var (day, profile) in dirty)
            {
                Write(ProfileDay.Text(day), profile);
            }

            if (others is { } snapshot)
            {
                files.Write(ProfileFiles.Other, snapshot.Profile, snapshot.Covers);
                lock (gate)
                {
                    other.MarkStored(snapshot.Covers);
                }
            }

            return isWhole;
        }
    }

    /// <summary>Writes every day that changed, and tells what each file covers: all rows that were given before the call. The other days stand
    /// under <see cref="OtherDays"/>. Null when a file lacks rows, so that the next start has to read the log.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public IReadOnlyList<(long Day, long Covers)>? SaveAll()
    {
        var isWhole = Save();
        lock (gate)
        {
            if (!isWhole || behind > 0 || lost.Count > 0)
            {
                return null;
            }

            IEnumerable<(long Day, long Covers)> others = other.Stored > 0 ? [(OtherDays, other.Stored)] : [];
            return [.. closed.Select(c => (c.Key, c.Value)).Concat(open.Where(o => o.Value.Stored > 0).Select(o => (o.Key, o.Value.Stored))).Concat(others).Order()];
        }
    }

    /// <summary>Whether the file of a day was found at start and is no older than it was.</summary>
    public bool Covers(long day, long covers)
    {
        lock (gate)
        {
            return day == OtherDays ? other.Covers >= covers : closed.TryGetValue(day, out var found) && found >= covers;
        }
    }

    /// <summary>Under the gate: true when the row is where it belongs; false when it has to wait for its day.</summary>
    private bool TryAdd(long day, long arrival, long seq, Value[] row)
    {
        if (current is null || currentDay != day)
        {
            if (!open.TryGetValue(day, out var profile))
            {
                return TryAddApart(day, arrival, seq, row);
            }

            (current, currentDay) = (profile, day);
            profile.Turn = ++turns;
        }

        current.Take(seq, row);
        return true;
    }

    /// <summary>Under the gate, for a day that is not open.</summary>
    private bool TryAddApart(long day, long arrival, long seq, Value[] row)
    {
        if (closed.TryGetValue(day, out var covers))
        {
            return seq <= covers;
        }

        if (lost.Contains(day))
        {
            return true;
        }

        if (closing.Contains(day) || waiting.Has(day))
        {
            return false;
        }

        if (seq <= other.Covers)
        {
            return true;
        }

        var known = open.Count + closed.Count + closing.Count + lost.Count + waiting.Days;
        if (!limits.Admits(known, Math.Abs(day - arrival)))
        {
            other.Take(seq, row);
            return true;
        }

        if (open.Count >= limits.Open)
        {
            return false;
        }

        (current, currentDay) = (new DayProfile(new TableProfile(columns), 0) { Turn = ++turns }, day);
        open.Add(day, current);
        current.Take(seq, row);
        return true;
    }

    /// <summary>Holding the disk.</summary>
    private void TakeWaiting()
    {
        List<long> days;
        lock (gate)
        {
            days = waiting.InOrder();
        }

        foreach (var day in days)
        {
            if (!TryMakeRoom())
            {
                // Rows must not fail for it. The next save meets the same disk, and says so.
                return;
            }

            var stored = closed.ContainsKey(day) ? files.Read(ProfileDay.Text(day), columns) : new DayProfile(new TableProfile(columns), 0);
            lock (gate)
            {
                var rows = waiting.Take(day);
                closed.Remove(day);
                if (stored is null)
                {
                    // The file was good at start. Without its rows the day would be told wrong; the next start makes it from the log.
                    lost.Add(day);
                    continue;
                }

                stored.Turn = ++turns;
                rows.ForEach(r => stored.Take(r.Seq, r.Row));
                open.Add(day, stored);
            }
        }
    }

    /// <summary>Holding the disk: when too many days are open, closes a quarter at once. What cannot be written stays open.</summary>
    private bool TryMakeRoom()
    {
        List<(long Day, DayProfile Profile)> oldest;
        lock (gate)
        {
            if (open.Count < limits.Open)
            {
                return true;
            }

            oldest = [.. open.OrderBy(o => o.Value.Turn).Take((limits.Open / 4) + 1).Select(o => (o.Key, o.Value))];
            foreach (var (day, _) in oldest)
            {
                open.Remove(day);
                closing.Add(day);
            }

            current = null;
        }

        var isGood = true;
        foreach (var (day, profile) in oldest)
        {
            isGood = isGood && TryWrite(day, profile);
            lock (gate)
            {
                closing.Remove(day);
                if (isGood)
                {
                    closed[day] = profile.Covers;
                }
                else
                {
                    waiting.Take(day).ForEach(r => profile.Take(r.Seq, r.Row));
                    open.Add(day, profile);
                }
            }
        }

        return isGood;
    }

    private bool TryWrite(long day, DayProfile profile)
    {
        try
        {
            if (profile.IsDirty)
            {
                Write(ProfileDay.Text(day), profile);
            }

            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or PosixException)
        {
            return false;
        }
    }

    /// <summary>Holding the disk. The gate is held for the figures only.</summary>
    private void Write(string name, DayProfile profile)
    {
        JsonObject figures;
        long covers;
        lock (gate)
        {
            (figures, covers) = (profile.Table.ToJson(), profile.Covers);
        }

        files.Write(name, figures, covers);
        lock (gate)
        {
            profile.MarkStored(covers);
        }
    }
}
