namespace Flyball.Training.Tracking;

/// <summary>One run of somebody's training program, with what it logged.</summary>
public sealed record TrackedRun
{
    /// <summary>Its number in the tables; not for clients.</summary>
    public long RunNo { get; init; }

    /// <summary>32 lower-case hex digits.</summary>
    public string RunId { get; init; } = "";

    public string Name { get; init; } = "";

    public long ExperimentId { get; init; }

    public string UserId { get; init; } = "";

    /// <summary>One of <see cref="RunStatus"/>.</summary>
    public string Status { get; init; } = "";

    public long StartMs { get; init; }

    public long? EndMs { get; init; }

    public string ArtifactUri { get; init; } = "";

    /// <summary>See <see cref="Tracking.Lifecycle"/>.</summary>
    public string Lifecycle { get; init; } = "";

    /// <summary>The latest point of each key, by key.</summary>
    public IReadOnlyList<MetricPoint> Metrics { get; init; } = [];

    public IReadOnlyList<KeyText> Params { get; init; } = [];

    public IReadOnlyList<KeyText> Tags { get; init; } = [];

    public IReadOnlyList<DatasetUse> Datasets { get; init; } = [];

    /// <summary>Logged models it read.</summary>
    public IReadOnlyList<RunModel> ModelInputs { get; init; } = [];

    /// <summary>Logged models it made.</summary>
    public IReadOnlyList<RunModel> ModelOutputs { get; init; } = [];
}
