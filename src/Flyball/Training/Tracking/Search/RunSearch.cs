namespace Flyball.Training.Tracking.Search;

/// <summary>What runs are asked for.</summary>
public sealed record RunSearch
{
    /// <summary>The experiments to look in; none gives nothing.</summary>
    public required IReadOnlyList<long> Experiments { get; init; }

    public string? Filter { get; init; }

    public IReadOnlyList<string> OrderBy { get; init; } = [];

    public LifecycleView View { get; init; } = LifecycleView.ActiveOnly;

    public int Limit { get; init; } = 1_000;

    public string? PageToken { get; init; }
}
