namespace Flyball.Training.Tracking;

/// <summary>How far a run is.</summary>
public static class RunStatus
{
    public const string Running = "RUNNING";

    /// <summary>All of them, in the order of their numbers on the wire, from 1.</summary>
    public static IReadOnlyList<string> All { get; } = [Running, "SCHEDULED", "FINISHED", "FAILED", "KILLED"];
}
