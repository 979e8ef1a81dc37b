using System.Buffers;
using Flyball.Contracts.Snapshots;
using Flyball.Engine.Expressions;
using Flyball.Engine.Time;
using Flyball.Engine.Windows;
using Flyball.Training;

namespace Flyball.Monitoring;

/// <summary>
/// Predictions of one model that wait for their truth, joined to it by key. Fed by the prediction log and by the label source's events;
/// bounded: what is older than the label window and the measured span is let go. Not thread-safe: its owner locks.
/// </summary>
internal sealed class MaturedOutcomes(ModelPlan model, long performanceMicros)
{
    private readonly LinkedList<Waiting> waiting = new();
    private readonly Dictionary<Value, List<(RowStamp Stamp, RowIdentity Identity, double Label)>> labels = [];

    private long seen;

    public int Count => waiting.Count;

    public void AddPrediction(Value key, EventTime instant, double score, int version) => waiting.AddLast(new Waiting(key, instant, score, version));

    /// <summary>A row of a source that takes corrections replaces the row of its identity, or takes it back. One that was taken before changes nothing.</summary>
    public void AddLabel(RowStamp stamp, RowIdentity identity, Value[] row)
    {
        if (stamp.Seq <= seen)
        {
            return;
        }

        seen = stamp.Seq;
        var key = row[model.LabelKeyIndex];
        if (identity.IsKeyed && labels.TryGetValue(key, out var earlier))
        {
            earlier.RemoveAll(l => l.Identity.IsKeyed && l.Identity.Key == identity.Key);
        }

        if (identity is { IsKeyed: true, Kind: RowKind.Retraction })
        {
            return;
        }

        var value = row[model.LabelValueIndex];
        if (!key.IsNull && model.Labels.TryRead(value) is { } label)
        {
            (labels.TryGetValue(key, out var known) ? known : labels[key] = []).Add((stamp, identity, label));
        }
    }

    /// <summary>Writes the labels; predictions are another log's.</summary>
    public void WriteLabels(IBufferWriter<byte> into)
    {
        NumberForm.Write(into, seen);
        foreach (var (key, known) in labels)
        {
            ValueForm.Write(into, key);
            NumberForm.Write(into, known.Count);
            foreach (var (stamp, identity, label) in known)
            {
                NumberForm.Write(into, stamp.EventTime.Micros);
                NumberForm.Write(into, stamp.KnownAt.Micros);
                NumberForm.Write(into, stamp.Seq);
                NumberForm.Write(into, BitConverter.DoubleToInt64Bits(label));
                NumberForm.Write(into, identity.IsKeyed ? 1 : 0);
                NumberForm.WriteWide(into, identity.Key);
            }
        }
    }

    /// <summary>Takes over the labels that were written; there are none yet.</summary>
    public void ReadLabels(ReadOnlySpan<byte> from)
    {
        seen = NumberForm.Read(ref from);
        while (from.Length > 0)
        {
            var key = ValueForm.Read(ref from);
            var known = labels[key] = [];
            for (var left = NumberForm.Read(ref from); left > 0; left--)
            {
                var stamp = new RowStamp(new(NumberForm.Read(ref from)), new(NumberForm.Read(ref from)), NumberForm.Read(ref from));
                var label = BitConverter.Int64BitsToDouble(NumberForm.Read(ref from));
                var isKeyed = NumberForm.Read(ref from) != 0;
                var fact = NumberForm.ReadWide(ref from);
                known.Add((stamp, isKeyed ? RowIdentity.Of(fact) : RowIdentity.None, label));
            }
        }
    }

    /// <summary>Scores and labels of the version's requests with instants in [to - window - span, to - window): their labels are complete.</summary>
    public (double[] Scores, bool[] Labels) Matured(int version, EventTime to)
    {
        var window = model.Definition.Label.WindowMicros;
        var until = to.Micros - window;
        var from = until - performanceMicros;
        Prune(from);
        var scores = new List<double>();
        var truths = new List<bool>();
        foreach (var one in waiting)
        {
            if (one.Version != version || one.Instant.Micros < from || one.Instant.Micros >= until)
            {
                continue;
            }

            if (LabelOf(one.Key, one.Instant.Micros, one.Instant.Micros + window) is { } truth)
            {
                scores.Add(one.Score);
                truths.Add(truth > 0.5);
            }
        }

        return ([.. scores], [.. truths]);
    }

    /// <summary>The latest label in [from, until], both inclusive, as training takes it: a later label does not reach back.</summary>
    private double? LabelOf(Value key, long from, long until)
    {
        (RowStamp Stamp, RowIdentity Identity, double Label)? latest = null;
        foreach (var entry in labels.GetValueOrDefault(key) ?? [])
        {
            if (entry.Stamp.EventTime.Micros >= from && entry.Stamp.EventTime.Micros <= until && (latest is null || entry.Stamp > latest.Value.Stamp))
            {
                latest = entry;
            }
        }

        return latest?.Label ?? model.Definition.Label.Absent;
    }

    /// <summary>Lets go of what is a whole measured span older than this one: a window of the days before may be checked again.</summary>
    private void Prune(long from)
    {
        var oldest = from - performanceMicros;
        while (waiting.First is { } first && first.Value.Instant.Micros < oldest)
        {
            waiting.RemoveFirst();
        }

        foreach (var (key, known) in labels)
        {
            known.RemoveAll(l => l.Stamp.EventTime.Micros < oldest);
            if (known.Count == 0)
            {
                labels.Remove(key);
            }
        }
    }

    private readonly record struct Waiting(Value Key, EventTime Instant, double Score, int Version);
}
