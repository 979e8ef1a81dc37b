namespace Flyball.Projects;

/// <summary>What <c>flyball.yaml</c> says.</summary>
/// <param name="Name">Lower-case name of the project, <c>[a-z0-9][a-z0-9._-]{0,63}</c>.</param>
/// <param name="Owner">Who answers for it, usually an address.</param>
/// <param name="Description">One sentence for people.</param>
/// <param name="DataDirectory">Where the server keeps its state, when the project names it; relative to the project folder.</param>
public sealed record ProjectDefinition(string Name, string? Owner, string? Description, string? DataDirectory);
