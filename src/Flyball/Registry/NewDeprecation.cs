namespace Flyball.Registry;

/// <summary>What the users of a model or a version are told.</summary>
/// <param name="Sunset">When it may stop to answer, as people write it.</param>
internal sealed record NewDeprecation(string? Sunset = null, string? Note = null);
