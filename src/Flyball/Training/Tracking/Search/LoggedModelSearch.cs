namespace Flyball.Training.Tracking.Search;

/// <summary>What logged models are asked for.</summary>
public sealed record LoggedModelSearch
{
    /// <summary>The experiments to look in; none gives nothing.</summary>
    public required IReadOnlyList<long> Experiments { get; init; }

    public string? Filter { get; init; }

    /// <summary>Metrics in the filter count when they were measured on one of these; none means on anything.</summary>
    public IReadOnlyList<(string Name, string? Digest)> Datasets { get; init; } = [];

    public IReadOnlyList<string> OrderBy { get; init; } = [];

    public int Limit { get; init; } = 100;

    public string? PageToken { get; init; }
}
