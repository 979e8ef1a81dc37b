namespace Flyball.Registry;

/// <summary>A version with its tags, by key, and its aliases, in order.</summary>
public sealed record VersionRecord(ModelVersion Version, IReadOnlyDictionary<string, string> Tags, IReadOnlyList<string> Aliases);
