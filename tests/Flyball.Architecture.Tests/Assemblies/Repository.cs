using System.Xml.Linq;

namespace Flyball.Architecture.Tests.Assemblies;

/// <summary>The files that the rules read: the source tree, found by walking up, and the assemblies that stand beside the tests.</summary>
internal static class Repository
{
    /// <summary>The projects of src/, in the order of their names.</summary>
    public static IReadOnlyList<string> Projects { get; } =
        [.. Directory.GetFiles(Path.Combine(Root(), "src"), "*.csproj", SearchOption.AllDirectories)
            .Select(p => Path.GetFileNameWithoutExtension(p)).Order(StringComparer.Ordinal)];

    public static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Flyball.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("No folder above the tests holds Flyball.slnx.");
    }

    public static string FolderOf(string project) => Path.Combine(Root(), "src", project);

    public static XDocument ProjectFile(string project) => XDocument.Load(Path.Combine(FolderOf(project), project + ".csproj"));

    public static AssemblyFacts Assembly(string name) => AssemblyFacts.Read(Path.Combine(AppContext.BaseDirectory, name + ".dll"));

    /// <summary>The assembly whose types break every rule on purpose.</summary>
    public static AssemblyFacts Fixtures() => Assembly("Flyball.Architecture.Fixtures");

    /// <summary>The C# files below a folder, without what a build wrote.</summary>
    public static IEnumerable<string> SourceFiles(string folder) =>
        Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Where(f => !Path.GetRelativePath(folder, f).Split(Path.DirectorySeparatorChar).Any(p => p is "bin" or "obj"));
}
