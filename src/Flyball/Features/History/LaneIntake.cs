namespace Flyball.Features.History;

/// <summary>A lane while its rows are gathered: the spine's first, which tell the keys that events are kept of.</summary>
internal sealed class LaneIntake : IDisposable
{
    private readonly EntityBucket bucket;

    /// <param name="lane">What is gathered.</param>
    /// <param name="path">Begins the names of files that take what memory does not.</param>
    /// <param name="parts">Into how many parts the keys are parted.</param>
    /// <param name="bucket">The entities of this run, whose hashes are thinned by it.</param>
    /// <param name="memory">What may stay in memory.</param>
    public LaneIntake(HistoryLane lane, string path, int parts, EntityBucket bucket, HeldMemory memory)
    {
        Lane = lane;
        Events = new BlockStore(path + ".events", parts, memory);
        Spine = new BlockStore(path + ".spine", parts, memory);
        this.bucket = bucket;
    }

    public HistoryLane Lane { get; }

    public BlockStore Events { get; }

    public BlockStore Spine { get; }

    public KeySet Keys { get; } = new();

    /// <summary>The part of a key. The run's own bucket is divided out first, else its hashes would fill few parts.</summary>
    public int PartOf(ulong hash) => (int)(hash / (ulong)bucket.Count % (ulong)Events.Parts);

    public void Dispose()
    {
        Events.Dispose();
        Spine.Dispose();
    }
}
