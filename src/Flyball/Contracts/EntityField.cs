namespace Flyball.Contracts;

/// <summary>A column that identifies an entity.</summary>
/// <param name="Entity">Name of the entity.</param>
/// <param name="Field">Name of the column.</param>
/// <param name="Index">Position of the column in the row.</param>
public sealed record EntityField(string Entity, string Field, int Index);
