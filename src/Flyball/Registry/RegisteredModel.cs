namespace Flyball.Registry;

/// <summary>A model as the registry knows it: a name that versions stand under.</summary>
/// <param name="CreatedMicros">Microseconds since 1970.</param>
/// <param name="UpdatedMicros">When it was described, or a version of it was made, moved between stages or deleted.</param>
/// <param name="Tags">By key.</param>
/// <param name="Aliases">The version each stands for, <c>champion</c> and <c>previous</c> among them.</param>
public sealed record RegisteredModel(
    string Name,
    string? Description,
    string CreatedBy,
    long CreatedMicros,
    long UpdatedMicros,
    IReadOnlyDictionary<string, string> Tags,
    IReadOnlyDictionary<string, int> Aliases);
