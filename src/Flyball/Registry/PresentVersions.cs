namespace Flyball.Registry;

/// <summary>What a candidate is compared with at the moment it is judged.</summary>
/// <param name="Champion">Null before the first.</param>
/// <param name="Previous">The champion before; null before the second.</param>
internal sealed record PresentVersions(ModelVersion? Champion, ModelVersion? Previous);
