using Flyball.Contracts;
using Flyball.Engine.Expressions;

namespace Flyball.Features;

/// <summary>The compiled form of a view computed from the request row and the entity features it names. Immutable.</summary>
/// <param name="Definition">What the author wrote.</param>
/// <param name="Source">The contract whose rows are the requests.</param>
/// <param name="Features">Plans over the request's columns followed by the features of every entity view.</param>
public sealed record RequestFeatureView(FeatureViewDefinition Definition, ContractPlan Source, IReadOnlyList<(string Name, RowPlan Plan)> Features)
{
    public string Name => Definition.Name;
}
