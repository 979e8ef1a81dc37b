using Flyball.Engine.Problems;

namespace Flyball.Engine.Windows;

/// <summary>One feature of an entity view as its author wrote it.</summary>
/// <param name="Name">Its name, unique in the view.</param>
/// <param name="Expression">The text of its expression.</param>
/// <param name="Where">The file, line and column where the expression's text starts, as far as they are known.</param>
public sealed record FeatureSource(string Name, string Expression, ProblemLocation? Where = null);
