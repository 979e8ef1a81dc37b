namespace Flyball.Contracts;

/// <summary>The keys that one batch holds while it is on its way to the disk.</summary>
internal sealed class KeyReservation
{
    private readonly TaskCompletionSource settled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the batch is durable or has failed.</summary>
    public Task Settled => settled.Task;

    public void Settle() => settled.TrySetResult();
}
