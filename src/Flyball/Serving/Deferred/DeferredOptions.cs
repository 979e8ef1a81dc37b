namespace Flyball.Serving.Deferred;

/// <summary>How requests that wait are dealt with.</summary>
public sealed class DeferredOptions
{
    /// <summary>The most bytes of requests that wait, of all models together.</summary>
    public long QueueBytes { get; init; } = 256L << 20;

    /// <summary>How often those are looked for that could not be answered at once.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a request is tried again that nothing can answer.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(5);
}
