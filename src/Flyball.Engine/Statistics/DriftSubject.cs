namespace Flyball.Engine.Statistics;

/// <summary>One feature to test: its counts in the reference and now, in the same frozen bins.</summary>
/// <param name="Feature">Name of the feature.</param>
/// <param name="Measure">The effect to report.</param>
/// <param name="Reference">Counts of the frozen reference.</param>
/// <param name="Current">Counts of the window under test.</param>
/// <param name="ChunkEffects">Effects of at least ten chunks of the reference against the reference, from which the feature's own
/// threshold is taken; null or fewer: the floor alone.</param>
public sealed record DriftSubject(
    string Feature,
    DriftMeasure Measure,
    BinCounts Reference,
    BinCounts Current,
    IReadOnlyList<double>? ChunkEffects = null);
