namespace Flyball.Governance.Applied;

/// <summary>Tells whoever runs the host that an apply wants it started anew.</summary>
/// <param name="isWatched">Somebody waits for it; otherwise the next start takes the definitions.</param>
public sealed class RestartSignal(bool isWatched)
{
    private readonly TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private volatile bool wanted;

    public bool IsWatched => isWatched;

    /// <summary>An apply was answered, and this host runs what was in force before it.</summary>
    public bool IsWanted
    {
        get => wanted;
        set => wanted = value;
    }

    /// <summary>Completes when a new start is wanted.</summary>
    public Task Asked => asked.Task;

    public void Ask() => asked.TrySetResult();
}
