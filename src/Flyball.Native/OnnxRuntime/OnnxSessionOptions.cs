namespace Flyball.Native.OnnxRuntime;

/// <summary>How a session runs. The defaults suit small tabular models: the default thread pool would spin on every core.</summary>
public sealed record OnnxSessionOptions
{
    /// <summary>Threads inside one operator.</summary>
    public int IntraOpThreads { get; init; } = 1;

    /// <summary>Threads across operators.</summary>
    public int InterOpThreads { get; init; } = 1;

    /// <summary>Keeps freed memory for the next run. It grows to the largest batch ever seen and stays.</summary>
    public bool Arena { get; init; }
}
