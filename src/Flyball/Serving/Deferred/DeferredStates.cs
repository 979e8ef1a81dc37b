namespace Flyball.Serving.Deferred;

/// <summary>What becomes of a request that is answered later.</summary>
internal static class DeferredStates
{
    public const string Queued = "queued";

    /// <summary>Told, and never stored: what a crash interrupts is queued again by itself.</summary>
    public const string Running = "running";

    public const string Done = "done";

    public const string Failed = "failed";
}
