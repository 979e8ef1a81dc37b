using Flyball.Engine.Expressions;
using Flyball.Engine.Identity;

namespace Flyball.Features;

/// <summary>One member of a model's feature vector.</summary>
/// <param name="Name">The full name, <c>view.feature</c>.</param>
/// <param name="Type">Boolean, Integer or Number: what a model can take.</param>
/// <param name="Definition">Digest of the feature's canonical expression and everything it is built from.</param>
public sealed record FeatureColumn(string Name, ScalarType Type, Digest Definition);
