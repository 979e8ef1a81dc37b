namespace Flyball.Training.Tracking;

/// <summary>A dataset that a run read, as its program describes it.</summary>
public sealed record DatasetUse
{
    /// <summary>The tag that says what it was used for, such as training.</summary>
    public const string ContextTag = "mlflow.data.context";

    public required string Name { get; init; }

    public required string Digest { get; init; }

    public required string SourceType { get; init; }

    public required string Source { get; init; }

    public string? Schema { get; init; }

    public string? Profile { get; init; }

    public IReadOnlyList<KeyText> Tags { get; init; } = [];
}
