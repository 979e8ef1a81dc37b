using Flyball.Engine.Problems;

namespace Flyball.Features;

/// <summary>One feature as its author wrote it.</summary>
/// <param name="Name">Unique in its view.</param>
/// <param name="Expression">Text in Flyball's expression language.</param>
/// <param name="Unit">Unit of the value, such as EUR or ratio.</param>
/// <param name="Description">One sentence for the people who use it.</param>
/// <param name="Where">The line it stands on.</param>
public sealed record FeatureDefinition(string Name, string Expression, string? Unit, string? Description, ProblemLocation Where)
{
    /// <summary>Whom to ask; the view's owner when null.</summary>
    public string? Owner { get; init; }

    /// <summary>What its served values are held to; null for nothing.</summary>
    public FeatureChecks? Checks { get; init; }

    /// <summary>Kept for the versions that use it, and selected by no pattern any more.</summary>
    public bool IsRetired { get; init; }
}
