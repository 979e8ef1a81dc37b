namespace Flyball.Projects;

/// <summary>One definition file of a project folder.</summary>
/// <param name="Path">Path inside the folder, with <c>/</c>.</param>
/// <param name="Root">The file's mapping.</param>
public sealed record ProjectFile(string Path, YamlSection Root);
