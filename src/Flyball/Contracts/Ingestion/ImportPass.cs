namespace Flyball.Contracts.Ingestion;

/// <summary>One import's leave to be inside a door.</summary>
internal sealed class ImportPass(ImportDoor door, CancellationToken closing, CancellationToken request) : IDisposable
{
    private readonly CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(closing, request);

    /// <summary>Cancelled when the sender is gone or the door closes.</summary>
    public CancellationToken Token => both.Token;

    /// <summary>The door closed, and the sender waits for an answer.</summary>
    public bool IsAskedToLeave => closing.IsCancellationRequested && !request.IsCancellationRequested;

    public void Dispose()
    {
        both.Dispose();
        door.Leave();
    }
}
