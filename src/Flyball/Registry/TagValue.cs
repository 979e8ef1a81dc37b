namespace Flyball.Registry;

/// <summary>Body of a request that sets a tag.</summary>
internal sealed record TagValue(string Value, string? Reason = null);
