namespace Flyball.Engine.Evaluation.Slices;

/// <summary>A column to cut rows by.</summary>
/// <param name="Name">The column.</param>
/// <param name="Codes">The category of each row, or -1 for a row without a value, which is in no slice of this column.</param>
/// <param name="Categories">The name of each code.</param>
public sealed record SliceColumn(string Name, IReadOnlyList<int> Codes, IReadOnlyList<string> Categories);
