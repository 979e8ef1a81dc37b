using Flyball.Engine.Problems;

namespace Flyball.Training.XGBoost;

/// <summary>How far the packaged model is from the trained one.</summary>
/// <param name="Rows">Rows compared.</param>
/// <param name="BitEqual">Rows whose two scores are the same bits.</param>
/// <param name="MaxDifference">Largest absolute difference of two scores.</param>
/// <param name="WorstRow">Where it was seen.</param>
/// <param name="Problem">Why the package is refused; null when it is accepted.</param>
public sealed record PackagingVerdict(int Rows, int BitEqual, double MaxDifference, int WorstRow, Problem? Problem)
{
    public bool IsAccepted => Problem is null;

    /// <summary>What the package gave, row-major; empty where it gave nothing that could be compared.</summary>
    public IReadOnlyList<float> Packaged { get; init; } = [];
}
