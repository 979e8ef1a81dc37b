namespace Flyball.Training;

/// <summary>What a run found when it read sampled rows of its training set through the online path: the proof that serving computes what was trained on.</summary>
/// <param name="Rows">Rows sampled.</param>
/// <param name="Compared">Values compared: at the moment each row arrived, and at the run's horizon.</param>
/// <param name="Mismatches">Of those, how many differ in any bit.</param>
/// <param name="Features">Features that differ, in order of their names.</param>
/// <param name="Seed">What the sample and the batches were drawn by.</param>
public sealed record FeatureProof(int Rows, long Compared, long Mismatches, IReadOnlyList<string> Features, ulong Seed);
