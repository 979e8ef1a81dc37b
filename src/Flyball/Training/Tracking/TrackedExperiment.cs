namespace Flyball.Training.Tracking;

/// <summary>An experiment: runs that belong together.</summary>
public sealed record TrackedExperiment
{
    public long ExperimentId { get; init; }

    public string Name { get; init; } = "";

    /// <summary>Where artifacts of its runs go, as clients name it: a scheme of ours and a logical path.</summary>
    public string ArtifactLocation { get; init; } = "";

    /// <summary>See <see cref="Tracking.Lifecycle"/>.</summary>
    public string Lifecycle { get; init; } = "";

    public long CreatedMs { get; init; }

    public long UpdatedMs { get; init; }

    public IReadOnlyList<KeyText> Tags { get; init; } = [];
}
