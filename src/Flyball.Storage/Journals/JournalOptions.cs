namespace Flyball.Storage.Journals;

/// <summary>Sizes of a journal; the defaults suit all uses but tests.</summary>
public sealed record JournalOptions
{
    /// <summary>A segment file is closed before it would grow beyond this many bytes; a single larger frame still fits.</summary>
    public long SegmentBytes { get; init; } = 64L << 20;

    /// <summary>Bytes that may wait for the writer before appends wait for room and best-effort ones are dropped.</summary>
    public long QueueBytes { get; init; } = 64L << 20;

    /// <summary>The largest batch, in encoded bytes.</summary>
    public int BatchBytes { get; init; } = 64 << 20;

    /// <summary>How long best-effort appends may wait for company; an append or a flush that somebody waits for ends it at once.</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>How many idempotency keys with an answer are remembered; the oldest are forgotten first, and a repeat of those is taken as new. Keys without an answer are never forgotten.</summary>
    public int IdempotencyKeys { get; init; } = 1_000_000;

    /// <summary>Memory that the keys and their answers may take, in bytes; beyond it the oldest are forgotten first.</summary>
    public long IdempotencyBytes { get; init; } = 512L << 20;
}
