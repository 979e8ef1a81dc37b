namespace Flyball.Serving;

/// <summary>
/// Counts what one version does. Threads count in parts of their own, which are added up when somebody asks: counting a row costs one lock that nobody else holds.
/// Times are differences of <see cref="TimeProvider.GetTimestamp"/>. Thread-safe.
/// </summary>
internal sealed class VersionStatistics
{
    private const int Parts = 8;

    private readonly TimeProvider time;
    private readonly Part[] parts = new Part[Parts];

    public VersionStatistics(TimeProvider time)
    {
        this.time = time;
        for (var i = 0; i < Parts; i++)
        {
            parts[i] = new Part();
        }
    }

    /// <summary>A request was answered.</summary>
    public void NoteAnswered(long took, long queued)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var part = Mine;
        lock (part.Counting)
        {
            part.Last = Math.Max(part.Last, now);
            part.Answered.Add(took);
            part.Queued.Add(queued);
        }
    }

    /// <summary>A request got no answer.</summary>
    public void NoteUnanswered(long took)
    {
        var part = Mine;
        lock (part.Counting)
        {
            part.Unanswered.Add(took);
        }
    }

    /// <summary>A row was scored.</summary>
    /// <param name="isCall">Whether it was a call of the model of its own; otherwise <see cref="NoteCall"/> tells of the call.</param>
    public void NoteScored(long features, long scoring, bool isCall)
    {
        var part = Mine;
        lock (part.Counting)
        {
            part.Features.Add(features);
            part.Scoring.Add(scoring);
            if (isCall)
            {
                part.Single.Add(scoring);
            }
        }
    }

    /// <summary>A call of the model of so many rows.</summary>
    public void NoteCall(int rows, long took)
    {
        var part = Mine;
        lock (part.Counting)
        {
            if (rows == 1)
            {
                part.Single.Add(took);
                return;
            }

            var sum = part.Several.GetValueOrDefault(rows);
            sum.Add(took);
            part.Several[rows] = sum;
        }
    }

    /// <summary>A row was answered from the score cache.</summary>
    public void NoteCached(long took)
    {
        var part = Mine;
        lock (part.Counting)
        {
            part.Cached.Add(took);
        }
    }

    /// <summary>The sums so far.</summary>
    public VersionFigures Read()
    {
        var all = new Part();
        foreach (var part in parts)
        {
            lock (part.Counting)
            {
                all.Add(part);
            }
        }

        List<BatchFigure> batches = all.Single.Count > 0 ? [new BatchFigure(1, Of(all.Single))] : [];
        batches.AddRange(all.Several.OrderBy(b => b.Key).Select(b => new BatchFigure(b.Key, Of(b.Value))));
        return new VersionFigures(
            all.Last,
            all.Scoring.Count,
            batches.Sum(b => b.Scoring.Count),
            Of(all.Answered),
            Of(all.Unanswered),
            Of(all.Queued),
            Of(all.Features),
            Of(all.Scoring),
            Of(all.Cached),
            batches);
    }

    private Part Mine => parts[Environment.CurrentManagedThreadId & (Parts - 1)];

    private DurationFigure Of(in Sum sum) => new(sum.Count, (long)(sum.Ticks * (1e9 / time.TimestampFrequency)));

    private sealed class Part
    {
        public readonly Lock Counting = new();
        public readonly Dictionary<int, Sum> Several = [];
        public long Last;
        public Sum Answered;
        public Sum Unanswered;
        public Sum Queued;
        public Sum Features;
        public Sum Scoring;
        public Sum Cached;
        public Sum Single;

        public void Add(Part other)
        {
            Last = Math.Max(Last, other.Last);
            Answered.Add(other.Answered);
            Unanswered.Add(other.Unanswered);
            Queued.Add(other.Queued);
            Features.Add(other.Features);
            Scoring.Add(other.Scoring);
            Cached.Add(other.Cached);
            Single.Add(other.Single);
            foreach (var (rows, sum) in other.Several)
            {
                var so = Several.GetValueOrDefault(rows);
                so.Add(sum);
                Several[rows] = so;
            }
        }
    }

    private struct Sum
    {
        public long Count;
        public long Ticks;

        public void Add(long took) => (Count, Ticks) = (Count + 1, Ticks + took);

        public void Add(in Sum other) => (Count, Ticks) = (Count + other.Count, Ticks + other.Ticks);
    }
}
