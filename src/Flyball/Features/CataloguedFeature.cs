using Flyball.Engine.Expressions;
using Flyball.Engine.Identity;

namespace Flyball.Features;

/// <summary>One feature of a workspace, with what names it and what it is made of.</summary>
/// <param name="Name"><c>view.feature</c>.</param>
/// <param name="Type">Of its value.</param>
/// <param name="Expression">Canonical.</param>
/// <param name="Digest">Names its meaning: expression, columns with their types, entity, and the features it reads. Words, checks and neighbours are no part of it.</param>
/// <param name="View">The definition of its view.</param>
/// <param name="Definition">What its author wrote.</param>
public sealed record CataloguedFeature(string Name, ScalarType Type, string Expression, Digest Digest, FeatureViewDefinition View, FeatureDefinition Definition)
{
    /// <summary>The source whose columns it reads.</summary>
    public required string Source { get; init; }

    /// <summary>Columns whose values enter its own.</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>Columns that decide which rows enter: the entity and the event time.</summary>
    public required IReadOnlyList<string> Selectors { get; init; }

    /// <summary>Features it reads, <c>view.feature</c>.</summary>
    public IReadOnlyList<string> Upstream { get; init; } = [];

    public string? Owner => Definition.Owner ?? View.Owner;
}
