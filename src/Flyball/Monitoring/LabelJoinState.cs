using System.Buffers;
using Flyball.Contracts;
using Flyball.Contracts.Snapshots;
using Flyball.Engine.Identity;
using Flyball.Engine.Time;
using Flyball.Storage.Snapshots;
using Flyball.Training;

namespace Flyball.Monitoring;

/// <summary>Feeds the join of one model from the event log, and keeps it in the snapshot. The join is the lock of both.</summary>
internal sealed class LabelJoinState(ModelPlan model) : ISnapshotPart
{
    private long seen;

    public LabelJoin Join { get; } = new(model.Definition.Label.WindowMicros, model.Definition.Label.Absent);

    public string Name { get; } = "labels/" + model.Name;

    public Digest Identity { get; } = IdentityOf(model);

    /// <summary>Names what a model's labels and requests are.</summary>
    public static Digest IdentityOf(ModelPlan model) => Digest.Of(
        $"label join 2 {model.Definition.Label.WindowMicros} {model.Definition.Label.Absent:R} {model.Vector.Request.Digest.Hex} {model.LabelSource.Digest.Hex} {model.RequestKeyIndex} {model.LabelKeyIndex} {model.LabelValueIndex}");

    /// <summary>Takes a row of the requests' or of the labels' source.</summary>
    public void Take(EventRow row)
    {
        lock (Join)
        {
            if (row.Stamp.Seq <= seen)
            {
                return;
            }

            seen = row.Stamp.Seq;
            if (row.IsRetraction)
            {
                return;
            }

            if (string.Equals(row.Plan.Source, model.Vector.Request.Source, StringComparison.Ordinal))
            {
                Join.AddRequest(row.Row[model.RequestKeyIndex], row.Stamp.EventTime);
            }

            if (string.Equals(row.Plan.Source, model.LabelSource.Source, StringComparison.Ordinal) && model.Labels.TryRead(row.Row[model.LabelValueIndex]) is { } label)
            {
                Join.AddLabel(row.Row[model.LabelKeyIndex], label, row.Stamp.EventTime);
            }
        }
    }

    public void Write(SnapshotBuilder into)
    {
        var bytes = new ArrayBufferWriter<byte>();
        lock (Join)
        {
            NumberForm.Write(bytes, seen);
            Join.Write(bytes);
        }

        into.Writer.Write(bytes.WrittenSpan);
        into.CloseBlock();
    }

    public bool TryRead(SnapshotSection section, Horizon complete)
    {
        byte[] buffer = [];
        if (section.Count != 1 || !section.TryRead(0, ref buffer, out var block))
        {
            return false;
        }

        seen = Math.Max(NumberForm.Read(ref block), complete.Seq);
        Join.Read(ref block);
        return true;
    }
}
