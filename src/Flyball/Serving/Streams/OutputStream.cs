using Flyball.Engine.Time;

namespace Flyball.Serving.Streams;

/// <summary>How far one output stream is. Written by its pump, read by anybody.</summary>
/// <param name="output">Its name.</param>
/// <param name="model">Who predicts.</param>
internal sealed class OutputStream(string output, string model)
{
    private long position;
    private long knownAt;
    private long predicted;
    private long unanswered;

    public string Output => output;

    public string Model => model;

    /// <summary>Every event of the source up to here is in the output.</summary>
    public Horizon Position => new(Interlocked.Read(ref position));

    /// <summary>Predictions since the start of the process.</summary>
    public long Predicted => Interlocked.Read(ref predicted);

    /// <summary>Events that nothing could answer since the start of the process.</summary>
    public long Unanswered => Interlocked.Read(ref unanswered);

    /// <summary>When the oldest event became known that waits, in microseconds; null when none does.</summary>
    public long? WaitsSince => Interlocked.Read(ref knownAt) is var since and > 0 ? since : null;

    public void MoveTo(long input) => Interlocked.Exchange(ref position, input);

    /// <summary>Notes when the oldest event became known that waits; null for none.</summary>
    public void NoteWaiting(long? micros) => Interlocked.Exchange(ref knownAt, micros ?? 0);

    public void Count(int answers, int failures)
    {
        Interlocked.Add(ref predicted, answers);
        Interlocked.Add(ref unanswered, failures);
    }
}
