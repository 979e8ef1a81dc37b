using System.Buffers;
using System.Runtime.InteropServices;
using Flyball.Contracts.Snapshots;
using Flyball.Engine.Expressions;
using Flyball.Engine.Time;

namespace Flyball.Monitoring;

/// <summary>
/// Joins the labels of one model to its requests as both come in.
/// 1. A request waits for its label window, measured by the event time of later requests: no clock, so a replay gives the same.
/// 2. A label row meets its request by key, once; a second one repeats or contradicts it.
/// 3. A request whose window has passed is counted in its day and let go.
/// Memory: the requests of one label window and <see cref="MostDays"/> days. Not thread-safe: its owner locks.
/// </summary>
internal sealed class LabelJoin(long windowMicros, double? absent)
{
    public const int MostDays = 400;

    // A bucket is 2^(1/16) wide: its middle is within 2.2 percent of any delay in it.
    private const int BucketsAnOctave = 16;

    private readonly Dictionary<Value, Waiting> open = [];
    private readonly Queue<(Value Key, long At)> order = new();
    private readonly SortedDictionary<long, LabelDay> days = [];
    private readonly SortedDictionary<int, long> delays = [];
    private readonly SortedDictionary<long, LabelDelay> delaysByDay = [];
    private long watermark = long.MinValue;

    public long Repeated { get; private set; }

    public long Conflicting { get; private set; }

    public long Unmatched { get; private set; }

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<LabelDay> Days => [.. days.Values];

    /// <summary>Of the days with labels, oldest first.</summary>
    public IReadOnlyList<LabelDelay> Delays => [.. delaysByDay.Values];

    /// <summary>Nothing was asked yet.</summary>
    public bool IsEmpty => watermark == long.MinValue;

    public void AddRequest(in Value key, EventTime at)
    {
        if (key.IsNull)
        {
            return;
        }

        if (open.TryAdd(key, new Waiting(at.Micros, null, 0)))
        {
            order.Enqueue((key, at.Micros));
        }

        if (at.Micros > watermark)
        {
            watermark = at.Micros;
            Mature();
        }
    }

    public void AddLabel(in Value key, double label, EventTime at)
    {
        ref var waiting = ref key.IsNull ? ref System.Runtime.CompilerServices.Unsafe.NullRef<Waiting>() : ref CollectionsMarshal.GetValueRefOrNullRef(open, key);
        if (System.Runtime.CompilerServices.Unsafe.IsNullRef(ref waiting) || at.Micros < waiting.At || at.Micros > waiting.At + windowMicros)
        {
            Unmatched++;
            return;
        }

        if (waiting.Label is { } known)
        {
            Repeated += known == label ? 1 : 0;
            Conflicting += known == label ? 0 : 1;
            return;
        }

        var seconds = (at.Micros - waiting.At) / 1e6;
        var bucket = BucketOf(seconds);
        delays[bucket] = delays.GetValueOrDefault(bucket) + 1;
        waiting = waiting with { Label = label, LogDelay = Math.Log(1 + seconds) };
    }

    /// <summary>The delay that a share of labels does not exceed, in seconds; null without labels.</summary>
    public double? DelayQuantile(double share)
    {
        var rank = share * delays.Values.Sum();
        long below = 0;
        foreach (var (bucket, count) in delays)
        {
            below += count;
            if (below >= rank)
            {
                // The middle of the bucket on the logarithmic scale.
                return Math.Pow(2, (bucket + 0.5) / BucketsAnOctave) - 1;
            }
        }

        return null;
    }

    /// <summary>Writes all of it; <see cref="Read"/> takes it back.</summary>
    public void Write(IBufferWriter<byte> into)
    {
        foreach (var number in (ReadOnlySpan<long>)[watermark, Repeated, Conflicting, Unmatched, days.Count])
        {
            NumberForm.Write(into, number);
        }

        foreach (var day in days.Values)
        {
            NumberForm.Write(into, day.Day);
            NumberForm.Write(into, day.Matured);
            NumberForm.Write(into, day.Labelled);
            NumberForm.Write(into, day.Positive);
        }

        NumberForm.Write(into, delays.Count);
        foreach (var (bucket, count) in delays)
        {
            NumberForm.Write(into, bucket);
            NumberForm.Write(into, count);
        }

        NumberForm.Write(into, delaysByDay.Count);
        foreach (var delay in delaysByDay.Values)
        {
            NumberForm.Write(into, delay.Day);
            NumberForm.Write(into, delay.Labels);
            NumberForm.Write(into, BitConverter.DoubleToInt64Bits(delay.Sum));
            NumberForm.Write(into, BitConverter.DoubleToInt64Bits(delay.Squares));
        }

        NumberForm.Write(into, order.Count);
        foreach (var (key, at) in order)
        {
            ValueForm.Write(into, key);
            NumberForm.Write(into, at);
            ValueForm.Write(into, open[key].Label is { } label ? Value.FromNumber(label) : Value.Null);
            NumberForm.Write(into, BitConverter.DoubleToInt64Bits(open[key].LogDelay));
        }
    }

    /// <summary>Takes over what another join wrote; this one is empty.</summary>
    public void Read(ref ReadOnlySpan<byte> from)
    {
        watermark = NumberForm.Read(ref from);
        Repeated = NumberForm.Read(ref from);
        Conflicting = NumberForm.Read(ref from);
        Unmatched = NumberForm.Read(ref from);
        for (var left = NumberForm.Read(ref from); left > 0; left--)
        {
            var day = new LabelDay(NumberForm.Read(ref from), NumberForm.Read(ref from), NumberForm.Read(ref from), NumberForm.Read(ref from));
            days.Add(day.Day, day);
        }

        for (var left = NumberForm.Read(ref from); left > 0; left--)
        {
            delays.Add((int)NumberForm.Read(ref from), NumberForm.Read(ref from));
        }

        for (var left = NumberForm.Read(ref from); left > 0; left--)
        {
            var day = NumberForm.Read(ref from);
            delaysByDay.Add(day, new LabelDelay(
                day, NumberForm.Read(ref from), BitConverter.Int64BitsToDouble(NumberForm.Read(ref from)), BitConverter.Int64BitsToDouble(NumberForm.Read(ref from))));
        }

        for (var left = NumberForm.Read(ref from); left > 0; left--)
        {
            var key = ValueForm.Read(ref from);
            var at = NumberForm.Read(ref from);
            double? label = ValueForm.Read(ref from).TryGetNumber(out var known) ? known : null;
            open.Add(key, new Waiting(at, label, BitConverter.Int64BitsToDouble(NumberForm.Read(ref from))));
            order.Enqueue((key, at));
        }
    }

    private static int BucketOf(double seconds) => (int)Math.Floor(Math.Log2(seconds + 1) * BucketsAnOctave);

    private void Mature()
    {
        while (order.TryPeek(out var first) && first.At + windowMicros < watermark)
        {
            order.Dequeue();
            open.Remove(first.Key, out var done);
            var day = Math.DivRem(done.At, Clock.MicrosPerDay, out var rest) - (rest < 0 ? 1 : 0);
            var known = days.GetValueOrDefault(day) ?? new LabelDay(day, 0, 0, 0);
            days[day] = known with
            {
                Matured = known.Matured + 1,
                Labelled = known.Labelled + (done.Label is null ? 0 : 1),
                Positive = known.Positive + ((done.Label ?? absent) > 0.5 ? 1 : 0),
            };
            if (done.Label is not null)
            {
                var one = new LabelDelay(day, 1, done.LogDelay, done.LogDelay * done.LogDelay);
                delaysByDay[day] = delaysByDay.TryGetValue(day, out var before) ? before.Plus(one) : one;
            }

            if (days.Count > MostDays)
            {
                delaysByDay.Remove(days.First().Key);
                days.Remove(days.First().Key);
            }
        }
    }

    private readonly record struct Waiting(long At, double? Label, double LogDelay);
}
