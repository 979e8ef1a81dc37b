using System.Buffers;
using System.Buffers.Binary;
using Flyball.Contracts.Snapshots;
using Flyball.Engine.Expressions;
using Flyball.Engine.Windows;
using Flyball.Storage.Snapshots;

namespace Flyball.Features.Online;

/// <summary>
/// The timelines of a view as a section of a snapshot: entities in blocks that are read on all cores, and an end in a block of its own.
/// An entity is its key, the length of its timeline, and the timeline.
/// </summary>
internal sealed class TimelineFile(EntityFeatureView view)
{
    public const string Form = "timelines 1";

    private const int EndBytes = 24;
    private const int LengthBytes = 4;

    private readonly ArrayBufferWriter<byte> one = new(4096);

    /// <summary>Writes what stands behind the entities.</summary>
    public static void WriteEnd(SnapshotBuilder into, TimelineEnd end)
    {
        into.CloseBlock();
        var bytes = into.Writer.GetSpan(EndBytes);
        BinaryPrimitives.WriteInt64LittleEndian(bytes, end.Floor);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], end.Newest);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[16..], end.Trimmed);
        into.Writer.Advance(EndBytes);
        into.CloseBlock();
    }

    /// <summary>Holds the timeline for as long as it takes to copy it, and not while the disk is written.</summary>
    public void Write(SnapshotBuilder into, in Value key, EntityTimeline timeline)
    {
        one.ResetWrittenCount();
        lock (timeline)
        {
            if (timeline.Count == 0)
            {
                return;
            }

            view.Plan.Write(timeline, one);
        }

        ValueForm.Write(into.Writer, key);
        BinaryPrimitives.WriteInt32LittleEndian(into.Writer.GetSpan(LengthBytes), one.WrittenCount);
        into.Writer.Advance(LengthBytes);
        into.Writer.Write(one.WrittenSpan);
        into.EndPiece();
    }

    /// <summary>Reads all blocks, on all cores.</summary>
    /// <param name="section">As written by <see cref="Write"/> and <see cref="WriteEnd"/>.</param>
    /// <param name="take">Called with each entity, from several threads.</param>
    /// <param name="end">What stood behind them.</param>
    /// <returns>False when a block is damaged; some entities may have been given by then.</returns>
    public bool TryRead(SnapshotSection section, Action<Value, EntityTimeline> take, out TimelineEnd end)
    {
        byte[] last = [];
        if (section.Count == 0 || !section.TryRead(section.Count - 1, ref last, out var bytes) || bytes.Length != EndBytes)
        {
            end = default;
            return false;
        }

        end = new TimelineEnd(BinaryPrimitives.ReadInt64LittleEndian(bytes), BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]));
        var good = true;
        Parallel.For(0, section.Count - 1, () => Array.Empty<byte>(), (index, turn, buffer) =>
        {
            if (!section.TryRead(index, ref buffer, out var block) || !TryReadBlock(block, take))
            {
                Volatile.Write(ref good, false);
                turn.Stop();
            }

            return buffer;
        }, static _ => { });
        return good;
    }

    private bool TryReadBlock(ReadOnlySpan<byte> block, Action<Value, EntityTimeline> take)
    {
        while (block.Length > 0)
        {
            var key = ValueForm.Read(ref block);
            var size = BinaryPrimitives.ReadInt32LittleEndian(block);
            if (view.Plan.Read(block.Slice(LengthBytes, size)) is not { } timeline)
            {
                return false;
            }

            take(key, timeline);
            block = block[(LengthBytes + size)..];
        }

        return true;
    }
}
