namespace Flyball.Training.Tracking;

/// <summary>A model that a program logged, before or without being registered.</summary>
public sealed record LoggedModel
{
    /// <summary>Its number in the tables; not for clients.</summary>
    public long ModelNo { get; init; }

    /// <summary><c>m-</c> and 32 lower-case hex digits.</summary>
    public string ModelId { get; init; } = "";

    public long ExperimentId { get; init; }

    public string Name { get; init; } = "";

    public string ModelType { get; init; } = "";

    public string SourceRunId { get; init; } = "";

    /// <summary>One of <see cref="LoggedModelStatus"/>.</summary>
    public string Status { get; init; } = "";

    public string ArtifactUri { get; init; } = "";

    /// <summary>See <see cref="Tracking.Lifecycle"/>.</summary>
    public string Lifecycle { get; init; } = "";

    public long CreatedMs { get; init; }

    public long UpdatedMs { get; init; }

    public IReadOnlyList<KeyText> Params { get; init; } = [];

    public IReadOnlyList<KeyText> Tags { get; init; } = [];

    /// <summary>The latest point of each key, run and dataset.</summary>
    public IReadOnlyList<MetricPoint> Metrics { get; init; } = [];
}
