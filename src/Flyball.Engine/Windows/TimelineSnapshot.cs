using System.Buffers;
using System.Buffers.Binary;
using Flyball.Engine.Expressions;
using Flyball.Engine.Identity;

namespace Flyball.Engine.Windows;

/// <summary>
/// The binary form of a timeline: what cannot be computed again, column by column.
/// 1. Head: version, digest of the plan's inputs, what was trimmed, the number of rows. 2. Stamps as differences in zigzag base-128, keys and
/// kinds if any. 3. Each input: a byte a row for its state, then the values present: numbers as 8 bytes, integers in base-128, texts as their UTF-16 units
/// in base-128 behind their length. 4. XXH64 of all before it, 8 bytes.
/// </summary>
internal static class TimelineSnapshot
{
    private const byte Version = 1;
    private const int HashBytes = 8;
    private const int DigestBytes = 32;

    public static void Write(EntityTimeline timeline, InputPlan[] inputs, Digest digest, IBufferWriter<byte> into)
    {
        timeline.EnsureOrdered();
        var bytes = new SnapshotWriter();
        bytes.Byte(Version);
        bytes.Raw(digest.ToBytes());
        bytes.Number(timeline.CompleteFrom.Micros);
        bytes.Byte(timeline.Trimmed is null ? (byte)0 : (byte)1);
        if (timeline.Trimmed is { } gone)
        {
            bytes.Number(gone.EventTime.Micros);
            bytes.Number(gone.KnownAt.Micros);
            bytes.Number(gone.Seq);
        }

        bytes.Number(timeline.Count);
        WriteStamps(timeline, bytes);
        for (var i = 0; i < inputs.Length; i++)
        {
            WriteColumn(timeline.Column(i), timeline.Count, bytes);
        }

        Span<byte> hash = stackalloc byte[HashBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(hash, Hash64.Of(bytes.Written));
        into.Write(bytes.Written);
        into.Write(hash);
    }

    public static bool TryRead(EntityTimeline timeline, InputPlan[] inputs, Digest digest, ReadOnlySpan<byte> snapshot)
    {
        if (snapshot.Length < 1 + DigestBytes + HashBytes
            || BinaryPrimitives.ReadUInt64LittleEndian(snapshot[^HashBytes..]) != Hash64.Of(snapshot[..^HashBytes])
            || snapshot[0] != Version || !snapshot.Slice(1, DigestBytes).SequenceEqual(digest.ToBytes()))
        {
            return false;
        }

        var bytes = new SnapshotReader(snapshot[(1 + DigestBytes)..^HashBytes]);
        var completeFrom = bytes.Number();
        RowStamp? gone = bytes.Byte() == 0 ? null : new(new(bytes.Number()), new(bytes.Number()), bytes.Number());
        var count = bytes.Number();

        // A row takes at least three bytes, so a count that lies cannot make us ask for much memory.
        if (count < 0 || count > snapshot.Length / 3)
        {
            return false;
        }

        timeline.Restore(new(completeFrom), gone, (int)count);
        ReadStamps(timeline, (int)count, ref bytes);
        for (var i = 0; i < inputs.Length && bytes.Good; i++)
        {
            ReadColumn(timeline.Column(i), (int)count, ref bytes);
        }

        return bytes.Good && bytes.AtEnd;
    }

    private static void WriteStamps(EntityTimeline timeline, SnapshotWriter bytes)
    {
        var before = default(RowStamp);
        bytes.Byte(timeline.Chains is null ? (byte)0 : (byte)1);
        for (var row = 0; row < timeline.Count; row++)
        {
            var stamp = timeline.StampAt(row);
            bytes.Number(unchecked(stamp.EventTime.Micros - before.EventTime.Micros));
            bytes.Number(unchecked(stamp.KnownAt.Micros - stamp.EventTime.Micros));
            bytes.Number(unchecked(stamp.Seq - before.Seq));
            before = stamp;
            if (timeline.Chains is { } chains)
            {
                var identity = chains.IdentityAt(row);
                bytes.Byte(!identity.IsKeyed ? (byte)0 : identity.Kind == RowKind.Row ? (byte)1 : (byte)2);
                if (identity.IsKeyed)
                {
                    bytes.Fixed(unchecked((ulong)identity.Key));
                    bytes.Fixed((ulong)(identity.Key >> 64));
                }
            }
        }
    }

    private static void ReadStamps(EntityTimeline timeline, int count, ref SnapshotReader bytes)
    {
        var before = default(RowStamp);
        var keyed = bytes.Byte() != 0;
        for (var row = 0; row < count && bytes.Good; row++)
        {
            var at = unchecked(before.EventTime.Micros + bytes.Number());
            var stamp = new RowStamp(new(at), new(unchecked(at + bytes.Number())), unchecked(before.Seq + bytes.Number()));
            var identity = (keyed ? bytes.Byte() : 0) switch
            {
                0 => RowIdentity.None,
                1 => RowIdentity.Of(bytes.Wide()),
                _ => RowIdentity.Retraction(bytes.Wide()),
            };
            timeline.Restore(stamp, identity);
            before = stamp;
        }
    }

    private static void WriteColumn(InputColumn column, int count, SnapshotWriter bytes)
    {
        bytes.Raw(column.Presence[..count]);
        for (var row = 0; row < count; row++)
        {
            if (column.Presence[row] != InputColumn.Present)
            {
                continue;
            }

            switch (column.Storage)
            {
                case InputStorage.Numbers:
                    bytes.Fixed(BitConverter.DoubleToUInt64Bits(column.Numbers[row]));
                    break;
                case InputStorage.Integers:
                    bytes.Number(column.Integers[row]);
                    break;
                case InputStorage.Texts:
                    bytes.Text(column.Texts[row]!);
                    break;
            }
        }
    }

    private static void ReadColumn(InputColumn column, int count, ref SnapshotReader bytes)
    {
        var states = bytes.Raw(count);
        for (var row = 0; row < count && bytes.Good; row++)
        {
            var present = states[row] == InputColumn.Present;
            column.Set(row, states[row], !present ? Value.Null : column.Storage switch
            {
                InputStorage.Numbers => Value.FromNumber(BitConverter.UInt64BitsToDouble(bytes.Fixed())),
                InputStorage.Integers => Value.FromInteger(bytes.Number()),
                InputStorage.Texts => Value.FromText(bytes.Text()),
                _ => Value.Null,
            });
        }
    }
}
