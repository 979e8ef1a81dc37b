using System.Buffers;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;

namespace Flyball.Storage.Journals;

/// <summary>An encoded batch on its way to the disk. Without a frame it is a flush: it completes when everything before it is durable.</summary>
/// <remarks>Continuations run on the pool: one that blocked would otherwise hold up the writer.</remarks>
internal sealed class PendingAppend(byte[] buffer, int length, int count, IdempotencyKey? key, object? carried = null)
    : TaskCompletionSource<AppendReceipt>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    /// <summary>A frame of this size and more is in a buffer that is lent: a new one would be a large object, which the collector takes late.</summary>
    private const int Lent = 80 << 10;

    internal Memory<byte> Frame => buffer.AsMemory(0, length);

    /// <summary>The frame's bytes are another's after <see cref="GiveBack"/>.</summary>
    internal bool IsLent => length >= Lent;

    internal int Count => count;

    internal IdempotencyKey? Key => key;

    internal object? Carried => carried;

    /// <summary>Set with the sequence number.</summary>
    internal KnownAt Assigned { get; set; }

    internal FrameFlags Flags => key is null ? FrameFlags.None : FrameFlags.Key;

    /// <summary>The claimed key, set when it is queued.</summary>
    internal IdempotencyIndex.Request? Request { get; set; }

    /// <summary>Set when the writer numbers it.</summary>
    internal long FirstSeq { get; set; }

    internal AppendReceipt Receipt => count == 0
        ? default
        : new(AppendOutcome.Appended, new(FirstSeq), new(FirstSeq + count - 1), key is null ? default : key.Answer);

    /// <summary>Copies everything that the caller may change.</summary>
    internal static PendingAppend Of(JournalBatch batch, int limit)
    {
        var length = FrameCodec.Measure(batch, limit);
        var buffer = length >= Lent ? ArrayPool<byte>.Shared.Rent(length) : GC.AllocateUninitializedArray<byte>(length);
        FrameCodec.Encode(batch, buffer);
        return new(buffer, length, batch.Entries.Count, batch.Key is { } key ? key with { Answer = key.Answer.ToArray() } : null, batch.Carried);
    }

    internal static PendingAppend Flush() => new([], 0, 0, null);

    /// <summary>When its bytes are durable and every subscriber has seen them. One that failed keeps its buffer: somebody may still be writing it.</summary>
    internal void GiveBack()
    {
        if (IsLent)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    internal void Fail(FlyballException broken)
    {
        if (TrySetException(broken))
        {
            // A best-effort append has nobody who looks at its task.
            _ = Task.Exception;
        }
    }
}
