using Flyball.Training;

namespace Flyball.Governance.Applied;

/// <summary>Asks version control about a folder; null where there is none. The host gives it, because it starts a program.</summary>
/// <param name="directory">The folder.</param>
/// <param name="files">Files of it that must be in the commit, or it is dirty; relative, with <c>/</c>.</param>
public delegate SourceTree? SourceReader(string directory, IReadOnlyCollection<string> files);
