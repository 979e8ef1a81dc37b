using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Features;
using Flyball.Training;

namespace Flyball.Serving;

/// <summary>One model version, loaded and warm. Immutable; shared by all requests until it is drained.</summary>
/// <param name="Version">The registry's number; 0 for a model that the project's file declares and no run made.</param>
/// <param name="Digest">Digest of the bundle, or of the declaration of a model without one: what every prediction names.</param>
/// <param name="Vector">From a request to the model's inputs.</param>
/// <param name="Scorer">From inputs to a calibrated score.</param>
/// <param name="Rules">From a score to a decision.</param>
public sealed record ServedVersion(string Model, int Version, Digest Digest, FeatureVectorPlan Vector, IScorer Scorer, DecisionRules Rules)
{
    /// <summary>From inputs to a calibrated score.</summary>
    /// <exception cref="FlyballException">The version could not be loaded: whoever tries it meets the reason, and the next rung answers.</exception>
    public IScorer Scorer { get => Missing is { } missing ? Unusable(missing) : field; init; } = Scorer;

    /// <summary>Why the version could not be loaded, when this only keeps its place; null for one that answers.</summary>
    public Problem? Missing { get; init; }

    /// <summary>The request's column that is the label, which a request need not have; -1 when labels come from elsewhere.</summary>
    public int UnknownColumn { get; init; } = -1;

    private static IScorer Unusable(Problem missing) => throw new FlyballException(missing);
}
