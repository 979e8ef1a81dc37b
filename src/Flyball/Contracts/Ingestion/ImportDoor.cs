using Flyball.Engine.Problems;

namespace Flyball.Contracts.Ingestion;

/// <summary>
/// Lets imports in until the server is about to stop; then those inside are asked to leave between two batches. An import can take as long as
/// its sender likes, and a stop must not wait for that: sent again, the file goes on where it was. Thread-safe.
/// </summary>
public sealed class ImportDoor : IDisposable
{
    private readonly Lock gate = new();
    private readonly CancellationTokenSource closing = new();
    private readonly TaskCompletionSource empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool isClosed;
    private int inside;

    /// <summary>What an import that was asked to leave, or not let in, is answered with.</summary>
    internal static Problem Refusal { get; } = new(
        "FLY2047", "The server is about to stop, or to start anew with other definitions.", Remedy: "Send the file again in a moment: what is stored of it counts as duplicates.");

    /// <summary>Completes when the door is closed and nobody is inside.</summary>
    public Task WhenEmpty => empty.Task;

    /// <summary>Lets nobody in any more and asks those inside to leave. May be called again.</summary>
    public void Close()
    {
        lock (gate)
        {
            if (isClosed)
            {
                return;
            }

            isClosed = true;
            if (inside == 0)
            {
                empty.TrySetResult();
            }
        }

        closing.Cancel();
    }

    public void Dispose() => closing.Dispose();

    /// <summary>Null when the door is closed. Dispose the pass to leave.</summary>
    internal ImportPass? Enter(CancellationToken ct)
    {
        lock (gate)
        {
            if (isClosed)
            {
                return null;
            }

            inside++;
            return new ImportPass(this, closing.Token, ct);
        }
    }

    internal void Leave()
    {
        lock (gate)
        {
            if (--inside == 0 && isClosed)
            {
                empty.TrySetResult();
            }
        }
    }
}
