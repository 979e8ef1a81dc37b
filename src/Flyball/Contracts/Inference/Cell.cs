namespace Flyball.Contracts.Inference;

/// <summary>One value of a file before it has a type.</summary>
/// <param name="Kind">What the file says about it.</param>
/// <param name="Text">As it was written; null exactly when absent.</param>
internal readonly record struct Cell(CellKind Kind, string? Text)
{
    public static Cell Absent => default;
}
