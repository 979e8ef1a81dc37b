using Flyball.Engine.Evaluation.Resampling;

namespace Flyball.Engine.Evaluation.Slices;

/// <summary>How slices are compared with the rest.</summary>
public sealed record SliceOptions
{
    /// <summary>A slice, or a rest, with fewer rows is insufficient.</summary>
    public int LeastRows { get; init; } = 100;

    /// <summary>In binary classification: one with fewer rows of a class is insufficient.</summary>
    public int LeastOfClass { get; init; } = 5;

    /// <summary>Whether the family-wise error is held (Holm) instead of the false discovery rate (Benjamini and Hochberg).</summary>
    public bool FamilyWise { get; init; }

    public IntervalOptions Interval { get; init; } = new() { Replicates = 200 };
}
