namespace Flyball.Training;

/// <summary>What version control says of a folder.</summary>
/// <param name="Commit">40 or 64 hexadecimal digits.</param>
/// <param name="Branch">Null when there is none.</param>
/// <param name="Dirty">Whether files of the folder are not as the commit has them, or not in it.</param>
public sealed record SourceTree(string Commit, string? Branch, bool Dirty);
