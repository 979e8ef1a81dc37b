using Flyball.Engine.Identity;

namespace Flyball.Training.Datasets;

/// <summary>What became of a training set and the stored ones.</summary>
/// <param name="Key">What its values follow from.</param>
/// <param name="Digest">The digest of the stored file; null when it could not be stored.</param>
/// <param name="Taken">Whether it was read and not computed.</param>
public sealed record StoredUse(Digest Key, Digest? Digest, bool Taken);
