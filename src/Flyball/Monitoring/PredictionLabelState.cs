using System.Buffers;
using Flyball.Contracts;
using Flyball.Contracts.Snapshots;
using Flyball.Engine.Identity;
using Flyball.Engine.Time;
using Flyball.Storage.Snapshots;
using Flyball.Training;

namespace Flyball.Monitoring;

/// <summary>Feeds the labels of all models to the join with predictions, and keeps it in the snapshot.</summary>
internal sealed class PredictionLabelState(PredictionLabels predictions, IReadOnlyList<ModelPlan> models) : ISnapshotPart
{
    private readonly Lock taking = new();
    private long seen;

    public string Name => "predicted-labels";

    public Digest Identity { get; } = Digest.Of($"predicted labels 1\n{string.Join('\n', models.Select(m => $"{m.Name} {LabelJoinState.IdentityOf(m).Hex}"))}");

    /// <summary>Takes a row of a label source.</summary>
    public void Take(EventRow row)
    {
        lock (taking)
        {
            if (row.Stamp.Seq <= seen)
            {
                return;
            }

            seen = row.Stamp.Seq;
            foreach (var model in row.IsRetraction ? [] : models)
            {
                if (string.Equals(row.Plan.Source, model.LabelSource.Source, StringComparison.Ordinal) && model.Labels.TryRead(row.Row[model.LabelValueIndex]) is { } label)
                {
                    predictions.AddLabel(model.Name, row.Row[model.LabelKeyIndex], label, row.Stamp.EventTime);
                }
            }
        }
    }

    public void Write(SnapshotBuilder into)
    {
        var bytes = new ArrayBufferWriter<byte>();
        lock (taking)
        {
            NumberForm.Write(bytes, seen);
            predictions.Write(bytes);
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

        var position = NumberForm.Read(ref block);
        if (!predictions.TryRead(block))
        {
            return false;
        }

        seen = Math.Max(position, complete.Seq);
        return true;
    }
}
