using System.Text.RegularExpressions;
using Flyball.Architecture.Tests.Assemblies;

namespace Flyball.Architecture.Tests.Rules;

/// <summary>A namespace is the folder its file lies in, in the sources and in the built assembly.</summary>
internal static partial class FolderNamespaces
{
    public static List<string> Violations(string project, string folder)
    {
        List<string> violations = [];
        foreach (var file in Repository.SourceFiles(folder))
        {
            var relative = Path.GetRelativePath(folder, file);
            var expected = NamespaceOf(project, Path.GetDirectoryName(relative)!);
            violations.AddRange(Declaration().Matches(File.ReadAllText(file))
                .Select(m => m.Groups["name"].Value).Where(n => n != expected)
                .Select(n => $"{project}/{relative} declares {n} and not {expected}"));
        }

        return violations;
    }

    public static List<string> Violations(AssemblyFacts assembly, string folder)
    {
        var known = Repository.SourceFiles(folder)
            .Select(f => NamespaceOf(assembly.Name, Path.GetDirectoryName(Path.GetRelativePath(folder, f))!)).ToHashSet();
        return [.. assembly.Types.Where(t => !t.IsGenerated && !known.Contains(t.Namespace)).Select(t => $"{t.FullName}: no folder has its namespace")];
    }

    private static string NamespaceOf(string project, string folder) =>
        folder.Length == 0 ? project : $"{project}.{folder.Replace(Path.DirectorySeparatorChar, '.')}";

    [GeneratedRegex(@"^namespace\s+(?<name>[\w.]+)", RegexOptions.Multiline | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Declaration();
}
