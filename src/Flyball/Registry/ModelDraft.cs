namespace Flyball.Registry;

/// <summary>A model that is to be registered.</summary>
public sealed record ModelDraft(string Name)
{
    public string? Description { get; init; }

    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>The same key with the same draft gives the first result again; with another draft it is refused.</summary>
    public string? IdempotencyKey { get; init; }

    public string? Reason { get; init; }
}
