using Flyball.Engine.Expressions;
using Flyball.Engine.Identity;

namespace Flyball.Features;

/// <summary>One member of a model's feature vector.</summary>
/// <param name="Name">The full name, <c>view.feature</c>.</param>
/// <param name="Type">Boolean, Integer or Number: what a model can take; or Text, which the model's encoding turns into numbers.</param>
/// <param name="Definition">Digest of the feature's canonical expression and everything it is built from.</param>
public sealed record FeatureColumn(string Name, ScalarType Type, Digest Definition)
{
    /// <summary>Columns of the request that its expression reads; empty for a feature of an entity, which sees earlier rows alone.</summary>
    public IReadOnlyList<string> RequestColumns { get; init; } = [];
}
