namespace Flyball.Training;

/// <summary>What can be said of a run.</summary>
public static class RunStates
{
    public const string Running = "running";

    public const string Succeeded = "succeeded";

    public const string Failed = "failed";

    /// <summary>Its process or its caller ended before it did: asked for again, it goes on where it stood.</summary>
    public const string Interrupted = "interrupted";
}
