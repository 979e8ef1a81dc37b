namespace Flyball.Projects;

/// <summary>A project folder as far as it could be read, and every problem seen.</summary>
/// <param name="Folder">Null only when the folder or its <c>flyball.yaml</c> is not there or is no YAML.</param>
/// <param name="Problems">Empty for a good folder. The stages that compile the files add to the same list.</param>
public sealed record ProjectOutcome(ProjectFolder? Folder, ProblemList Problems)
{
    public bool IsGood => Folder is not null && Problems.Count == 0;
}
