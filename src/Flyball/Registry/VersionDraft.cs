namespace Flyball.Registry;

/// <summary>A version that was made elsewhere and is to be registered with its files.</summary>
/// <param name="Source">Where its files were logged to; kept as it is, never followed.</param>
/// <param name="Files">What was logged, already among the blobs or wherever the caller keeps them; their list is sealed.</param>
public sealed record VersionDraft(string Model, string Source, IReadOnlyList<SealedFile> Files)
{
    public string? RunId { get; init; }

    public string? LoggedModel { get; init; }

    public string? RunLink { get; init; }

    public string? Description { get; init; }

    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>Who made it; null for the caller.</summary>
    public string? Author { get; init; }

    /// <summary>The same key with the same draft gives the first version again; with another draft it is refused.</summary>
    public string? IdempotencyKey { get; init; }

    public string? Reason { get; init; }
}
