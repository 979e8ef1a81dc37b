using System.Collections.Concurrent;
using Flyball.Contracts;
using Flyball.Contracts.Snapshots;
using Flyball.Engine.Expressions;
using Flyball.Engine.Identity;
using Flyball.Engine.Time;
using Flyball.Engine.Windows;
using Flyball.Storage.Snapshots;

namespace Flyball.Features.Online;

/// <summary>
/// The timelines of one view's entities.
/// <list type="number">
/// <item>One thread appends; a timeline is locked for the length of one append, one evaluation or one trimming.</item>
/// <item>Nothing before the floor is kept, and nothing that needs it is answered: an answer never depends on how much was trimmed where.</item>
/// <item>A row whose stamp is there changes nothing, so rows behind a snapshot's position may come again.</item>
/// </list>
/// </summary>
internal sealed class OnlineView(EntityFeatureView view) : ISnapshotPart
{
    private readonly ConcurrentDictionary<Value, EntityTimeline> timelines = new();
    private long floor = long.MinValue;
    private long newest = long.MinValue;
    private long rows;
    private long bytes;
    private long trimmed;
    private long restored;

    public EntityFeatureView View => view;

    public string Name { get; } = "features/" + view.Name;

    /// <summary>What is kept of a row, which rows can be read, and whose they are.</summary>
    public Digest Identity { get; } = Digest.Of($"{TimelineFile.Form} {view.Plan.StateDigest.Hex} {view.Source.Digest.Hex} {view.Definition.Entity}");

    /// <summary>Nothing before it is kept.</summary>
    public EventTime Floor => new(Volatile.Read(ref floor));

    /// <summary>The latest event time of any row; null before the first.</summary>
    public EventTime? Newest => Volatile.Read(ref newest) is var at && at == long.MinValue ? null : new(at);

    public OnlineUsage Usage => new(timelines.Count, Volatile.Read(ref rows), Volatile.Read(ref bytes), Volatile.Read(ref trimmed));

    /// <summary>Takes one event of the view's source, in the order of the log.</summary>
    public void Apply(EventRow row)
    {
        var key = row.Row[view.EntityIndex];
        if (key.IsNull || row.Stamp.Seq <= restored)
        {
            return;
        }

        while (!TryAppend(key, row))
        {
            // The entity was trimmed away in this moment: it begins anew.
        }

        if (row.Stamp.EventTime.Micros > newest)
        {
            Volatile.Write(ref newest, row.Stamp.EventTime.Micros);
        }
    }

    public bool Evaluate(in Value key, EventTime t, Horizon horizon, Span<Value> into, Span<FeatureStatus> statuses, TimeSpan wait)
    {
        var timeline = key.IsNull ? null : timelines.GetValueOrDefault(key);

        // After the look: an entity that was trimmed away in between is told from one that never was.
        if (!Reaches(t))
        {
            into[..view.Plan.Features.Count].Clear();
            statuses.Fill(FeatureStatus.NotFound);
            return false;
        }

        if (timeline is null)
        {
            return view.Plan.Evaluate(null, t, horizon, into, statuses);
        }

        if (!Monitor.TryEnter(timeline, wait))
        {
            throw new FeaturesBusyException(view.Name);
        }

        try
        {
            var before = timeline.Bytes;
            var answered = view.Plan.Evaluate(timeline, t, horizon, into, statuses);
            Note(timeline.Bytes - before);
            return answered;
        }
        finally
        {
            Monitor.Exit(timeline);
        }
    }

    /// <summary>What is locked for an entity, for tests of what happens when it stays so; null for one that has no events.</summary>
    internal object? GateOf(in Value key) => timelines.GetValueOrDefault(key);

    /// <summary>Whether every row is kept that an instant can need.</summary>
    public bool Reaches(EventTime t) => t.Micros - view.Plan.LongestWindowMicros >= Volatile.Read(ref floor) || Volatile.Read(ref floor) == long.MinValue;

    /// <summary>The event time of the last row of an entity that is visible at an instant; null when there is none.</summary>
    public EventTime? LastEvent(in Value key, EventTime t, Horizon horizon)
    {
        if (key.IsNull || !timelines.TryGetValue(key, out var timeline))
        {
            return null;
        }

        lock (timeline)
        {
            for (var row = timeline.Count - 1; row >= 0; row--)
            {
                var stamp = timeline.StampAt(row);
                if (stamp.EventTime < t && stamp.KnownAt.Micros <= t.Micros && stamp.Seq <= horizon.Seq)
                {
                    return stamp.EventTime;
                }
            }

            return null;
        }
    }

    /// <summary>Whether any event of the entity is kept.</summary>
    public bool Knows(in Value key) => !key.IsNull && timelines.ContainsKey(key);

    /// <summary>Lets go of what lies before an instant, and of entities that have nothing later. Cost: looks at every entity.</summary>
    public void Trim(EventTime olderThan)
    {
        if (olderThan.Micros <= floor)
        {
            return;
        }

        // First: whoever evaluates from now on is refused what is about to go.
        Volatile.Write(ref floor, olderThan.Micros);
        foreach (var (key, timeline) in timelines)
        {
            lock (timeline)
            {
                if (timeline.Count > 0 && timeline.StampAt(0).EventTime >= olderThan)
                {
                    continue;
                }

                var (count, size) = (timeline.Count, timeline.Bytes);
                timeline.Trim(olderThan);
                if (timeline.Count == 0 && timelines.TryRemove(new KeyValuePair<Value, EntityTimeline>(key, timeline)))
                {
                    Note(-size);
                }
                else
                {
                    Note(timeline.Bytes - size);
                }

                Interlocked.Add(ref rows, timeline.Count - count);
                Interlocked.Add(ref trimmed, count - timeline.Count);
            }
        }
    }

    public void Write(SnapshotBuilder into)
    {
        var file = new TimelineFile(view);
        foreach (var (key, timeline) in timelines)
        {
            file.Write(into, key, timeline);
        }

        // Last: it tells of every trimming that the timelines may have seen.
        TimelineFile.WriteEnd(into, new TimelineEnd(Volatile.Read(ref floor), Volatile.Read(ref newest), Volatile.Read(ref trimmed)));
    }

    public bool TryRead(SnapshotSection section, Horizon complete)
    {
        var good = new TimelineFile(view).TryRead(section, Take, out var end);
        if (good)
        {
            (floor, newest, trimmed, restored) = (end.Floor, end.Newest, end.Trimmed, complete.Seq);
        }
        else
        {
            timelines.Clear();
            (rows, bytes) = (0, 0);
        }

        return good;
    }

    private void Take(Value key, EntityTimeline timeline)
    {
        timelines[key] = timeline;
        Interlocked.Add(ref rows, timeline.Count);
        Note(timeline.Bytes);
    }

    private bool TryAppend(Value key, EventRow row)
    {
        var timeline = timelines.GetOrAdd(key, static (_, v) => v.Plan.NewTimeline(), view);
        lock (timeline)
        {
            var isNew = timeline.Count == 0;
            if (isNew && !(timelines.TryGetValue(key, out var current) && ReferenceEquals(current, timeline)))
            {
                return false;
            }

            var before = isNew ? 0 : timeline.Bytes;
            if (view.Plan.Append(timeline, row.Stamp, row.Identity, row.Row))
            {
                Interlocked.Increment(ref rows);
            }

            Note(timeline.Bytes - before);
            return true;
        }
    }

    private void Note(long more)
    {
        if (more != 0)
        {
            Interlocked.Add(ref bytes, more);
        }
    }
}
