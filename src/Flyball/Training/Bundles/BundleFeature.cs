using Flyball.Engine.Identity;

namespace Flyball.Training.Bundles;

/// <summary>One column of the model's input.</summary>
/// <param name="Name">Such as <c>customer_activity.amount_mean_7d</c>.</param>
/// <param name="Definition">Digest of the canonical definition it was trained with: serving computes that one.</param>
public sealed record BundleFeature(string Name, Digest Definition);
