using Flyball.Contracts;
using Flyball.Engine.Expressions;
using Flyball.Engine.Identity;
using Flyball.Engine.Windows;

namespace Flyball.Features;

/// <summary>The compiled form of a view that folds one entity's events. Immutable.</summary>
/// <param name="Ordinal">Position among the workspace's entity views; indexes its state.</param>
/// <param name="Definition">What the author wrote.</param>
/// <param name="Source">The contract of the events.</param>
/// <param name="EntityIndex">The entity's column in the source's schema.</param>
/// <param name="Plan">The fold.</param>
public sealed record EntityFeatureView(int Ordinal, FeatureViewDefinition Definition, ContractPlan Source, int EntityIndex, EntityViewPlan Plan)
{
    public string Name => Definition.Name;

    /// <summary>The features under their full names, <c>view.feature</c>, as expressions on requests see them.</summary>
    public IReadOnlyList<Field> Fields { get; } = [.. Plan.Features.Select(f => new Field($"{Definition.Name}.{f.Name}", f.Type))];

    /// <summary>Names the view's meaning: the definition and the contract it reads.</summary>
    public Digest Digest { get; } = Identify(Definition.Digest, Source.Digest);

    internal static Digest Identify(params ReadOnlySpan<Digest> parts) =>
        Engine.Identity.Digest.Of(string.Join('\n', parts.ToArray().Select(p => p.Hex)));
}
