namespace Flyball.Serving.Admission;

/// <summary>
/// The door of one model. Work that costs little is done where it stands; the rest goes through the queue, so that the threads which accept
/// requests are free to refuse them.
/// </summary>
/// <param name="pending">How many pieces of work wait for one of the process's threads.</param>
internal sealed class ModelDoor(ServeDefinition serve, TimeProvider time, Func<long> pending)
{
    /// <summary>What costs less, in microseconds, is not worth a place: handing it to another thread costs a tenth of it.</summary>
    private const double WorthAPlace = 250;

    /// <summary>
    /// So much work a processor that waits for a thread is more than is done in a few milliseconds: requests are being held up before anybody has looked at
    /// them, and what is refused now comes back to those that were let in.
    /// </summary>
    private static readonly int MostPending = 16 * Environment.ProcessorCount;

    /// <summary>How long live work waits at most when the model's file says nothing, in microseconds.</summary>
    private const long LongestWait = 100_000;

    private readonly WorkCost cost = new();
    private double bytesOfRow;

    public ServeDefinition Serve => serve;

    public AdmissionQueue Queue { get; } = new(serve.Concurrency ?? Math.Max(Environment.ProcessorCount, serve.Batch?.Most ?? 0), serve.QueueMicros ?? LongestWait, time);

    /// <summary>Whether so much live work is done at once.</summary>
    public bool IsOpenTo(Priority priority, int rows) => priority == Priority.Live && cost.Of(rows) < WorthAPlace;

    /// <summary>Whether a request would be refused by what waits already, judged by its length alone: so that it costs little to say so.</summary>
    /// <param name="bytes">Of its body.</param>
    public bool IsClosedTo(Priority priority, long bytes)
    {
        var row = Volatile.Read(ref bytesOfRow);
        var expected = row > 0 ? cost.Of(1) * bytes / row : 0;
        return expected >= WorthAPlace && (pending() > MostPending || Queue.IsFullFor(priority, expected));
    }

    /// <summary>Notes how long the body of so many rows was.</summary>
    public void NoteLength(int rows, long bytes)
    {
        var (row, seen) = ((double)bytes / rows, Volatile.Read(ref bytesOfRow));
        Volatile.Write(ref bytesOfRow, seen == 0 ? row : seen + (0.1 * (row - seen)));
    }

    /// <summary>Expected microseconds of so many rows.</summary>
    public double CostOf(int rows) => cost.Of(rows);

    /// <summary>Notes what rows cost.</summary>
    /// <param name="rows">How many.</param>
    /// <param name="started">When they were begun, on the clock of <see cref="TimeProvider.GetTimestamp"/>.</param>
    public void Note(int rows, long started) => cost.Note(rows, time.GetElapsedTime(started).TotalMicroseconds);
}
