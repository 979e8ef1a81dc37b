using Flyball.Engine.Problems;

namespace Flyball.Projects;

/// <summary>One member of a mapping, or one item of a list.</summary>
/// <param name="Name">The member's name; empty for an item of a list.</param>
/// <param name="Text">The value when it is a scalar other than null.</param>
/// <param name="Section">The value when it is a mapping.</param>
/// <param name="Where">The position of the name, or of the item.</param>
public sealed record YamlEntry(string Name, string? Text, YamlSection? Section, ProblemLocation Where);
