using System.Buffers;
using Flyball.Contracts.Snapshots;
using Flyball.Engine.Identity;
using Flyball.Engine.Time;
using Flyball.Storage.Snapshots;
using Flyball.Training;

namespace Flyball.Monitoring;

/// <summary>The labels of one model that its checks may still need. The outcomes are the lock.</summary>
internal sealed class OutcomeSnapshot(ModelPlan model, MaturedOutcomes outcomes) : ISnapshotPart
{
    public string Name { get; } = "outcomes/" + model.Name;

    public Digest Identity { get; } = Digest.Of($"outcomes 2 {model.LabelSource.Digest.Hex} {model.LabelKeyIndex} {model.LabelValueIndex}");

    public void Write(SnapshotBuilder into)
    {
        var bytes = new ArrayBufferWriter<byte>();
        lock (outcomes)
        {
            outcomes.WriteLabels(bytes);
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

        outcomes.ReadLabels(block);
        return true;
    }
}
