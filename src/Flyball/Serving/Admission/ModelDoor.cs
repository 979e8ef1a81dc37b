using Flyball.Serving.Degradation;

namespace Flyball.Serving.Admission;

/// <summary>
/// The door of one model. Work that costs little is done where it stands; the rest goes through the queue, so that the threads which accept
/// requests are free to refuse them.
/// </summary>
/// <param name="model">Whose.</param>
/// <param name="serve">What its file says about serving.</param>
/// <param name="time">The clock.</param>
/// <param name="delay">What work waits for one of the process's threads.</param>
/// <param name="run">Has work that was let in under pressure go on; null for threads of the model's own.</param>
internal sealed class ModelDoor(string model, ServeDefinition serve, TimeProvider time, PoolDelay delay, Action<IThreadPoolWorkItem>? run = null)
{
    /// <summary>What costs less, in microseconds, is not worth a place: handing it to another thread costs a tenth of it.</summary>
    private const double WorthAPlace = 250;

    /// <summary>How long live work waits at most when the model's file says nothing, in microseconds.</summary>
    private const long LongestWait = 100_000;

    /// <summary>How long a thread of the model's own waits for work before it ends.</summary>
    private static readonly TimeSpan IdleThread = TimeSpan.FromSeconds(10);

    private readonly WorkCost cost = new();
    private readonly RequestLengths lengths = new();

    public ServeDefinition Serve => serve;

    public AdmissionQueue Queue { get; } = QueueOf(model, serve, time, delay, run);

    /// <summary>Whether so much live work is done at once.</summary>
    public static bool IsOpenTo(Priority priority, double expectedMicros) => priority == Priority.Live && expectedMicros < WorthAPlace;

    /// <summary>Whether a live request would be refused by what waits already, judged by its length alone: so that it costs little to say so.</summary>
    /// <param name="route">By which way it comes.</param>
    /// <param name="bytes">Of its body; null when that is not known: then it is taken to be as long as usual.</param>
    public bool IsClosedTo(PredictionRoute route, long? bytes)
    {
        var expected = ExpectedOf(route, bytes);
        return expected >= WorthAPlace && Queue.IsFullFor(Priority.Live, expected);
    }

    /// <summary>Now, on the clock of <see cref="TimeProvider.GetTimestamp"/>.</summary>
    public long Now => time.GetTimestamp();

    /// <summary>Waits for a place. Under pressure the caller goes on on a thread of the model's own.</summary>
    public Admittance EnterAsync(Priority priority, double expectedMicros, Deadline deadline, CancellationToken cancellation) =>
        Queue.EnterAsync(priority, expectedMicros, deadline, cancellation);

    /// <summary>Expected microseconds of a request, by its length; 0 while none like it was seen.</summary>
    public double ExpectedOf(PredictionRoute route, long? bytes) => cost.Of(1) * lengths.RowsOf(route, bytes);

    /// <summary>Expected microseconds of so many rows.</summary>
    public double CostOf(int rows) => cost.Of(rows);

    /// <summary>Notes how long the body of so many rows was.</summary>
    public void NoteLength(PredictionRoute route, int rows, long bytes) => lengths.Note(route, rows, bytes);

    /// <summary>Notes what rows cost.</summary>
    /// <param name="rows">How many.</param>
    /// <param name="started">When they were begun, on the clock of <see cref="TimeProvider.GetTimestamp"/>.</param>
    public void Note(int rows, long started) => cost.Note(rows, time.GetElapsedTime(started).TotalMicroseconds);

    private static AdmissionQueue QueueOf(string model, ServeDefinition serve, TimeProvider time, PoolDelay delay, Action<IThreadPoolWorkItem>? run)
    {
        var width = serve.Concurrency ?? Math.Max(Environment.ProcessorCount, serve.Batch?.Most ?? 0);
        return new AdmissionQueue(width, serve.QueueMicros ?? LongestWait, time, run ?? new ModelThreads(model, width, IdleThread).Run, () => delay.Micros);
    }
}
