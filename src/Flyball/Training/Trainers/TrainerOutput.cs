namespace Flyball.Training.Trainers;

/// <summary>A model, packaged.</summary>
/// <param name="Onnx">One float32 input [N, F], one float32 output [N, 1] or [N, classes].</param>
/// <param name="Members">The model in its own formats, by the names of bundle members.</param>
/// <param name="Importance">Share of each input, adding up to 1 or all 0; in no order.</param>
/// <param name="PackagingDifference">Largest difference between the model's own scores and the package's.</param>
/// <param name="Detail">One line for people: what was made.</param>
public sealed record TrainerOutput(
    byte[] Onnx, IReadOnlyDictionary<string, byte[]> Members, IReadOnlyDictionary<string, double> Importance, double PackagingDifference, string Detail)
{
    /// <summary>What a program printed, in part when that is long; null for trainers of our own.</summary>
    public string? Log { get; init; }

    /// <summary>How a program was shut in: <c>none</c>, or <c>landlock-</c> and the kernel's version of it; null for trainers of our own.</summary>
    public string? Confinement { get; init; }

    /// <summary>What a program says of its model; looked at by no gate.</summary>
    public IReadOnlyDictionary<string, double>? Reported { get; init; }

    /// <summary>What the package gives the test rows, row-major, where the trainer has scored them already; null where it has not.</summary>
    public IReadOnlyList<float>? TestScores { get; init; }

    /// <summary>What a search tried, in order; empty without one.</summary>
    public IReadOnlyList<SearchTrial> Trials { get; init; } = [];
}
