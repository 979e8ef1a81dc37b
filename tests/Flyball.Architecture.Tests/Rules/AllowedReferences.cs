using System.Xml.Linq;
using Flyball.Architecture.Tests.Assemblies;

namespace Flyball.Architecture.Tests.Rules;

/// <summary>Which projects a project of src/ may see, and which packages the engine may.</summary>
internal static class AllowedReferences
{
    private static readonly string[] EnginePackages = ["MathNet.Numerics", "System.Numerics.Tensors"];

    // What makes a result depend on more than its arguments.
    private static readonly string[] Impure =
    [
        "System.IO.File", "System.IO.FileStream", "System.IO.Directory", "System.IO.RandomAccess", "System.Net.", "System.Console",
        "System.TimeProvider", "System.Diagnostics.Process", "System.Diagnostics.Stopwatch", "System.Environment",
        "System.Threading.Timer", "System.Threading.Thread", "Microsoft.Extensions.",
    ];

    /// <summary>The projects that a project may reference; null when it may see all but the server.</summary>
    public static IReadOnlyList<string>? ProjectsFor(string project) => project switch
    {
        "Flyball.Native" or "Flyball.Engine" or "Flyball.Client" => [],
        "Flyball.Storage" => ["Flyball.Native", "Flyball.Engine"],
        "Flyball" => ["Flyball.Native", "Flyball.Engine", "Flyball.Storage"],
        "Flyball.Server" => null,
        _ when project.StartsWith("Flyball.Storage.", StringComparison.Ordinal) => ["Flyball.Native", "Flyball.Engine", "Flyball.Storage"],
        _ => [],
    };

    public static List<string> Violations(AssemblyFacts assembly, IReadOnlyList<string>? allowed) =>
        Violations(assembly.Name, assembly.References.Where(IsOurs), allowed);

    public static List<string> Violations(string project, XDocument projectFile, IReadOnlyList<string>? allowed) =>
        Violations(project, Includes(projectFile, "ProjectReference").Select(p => Path.GetFileNameWithoutExtension(p.Replace('\\', '/'))), allowed);

    public static List<string> EngineViolations(AssemblyFacts engine)
    {
        List<string> violations = [.. engine.References
            .Where(r => r is not ("System" or "mscorlib" or "netstandard") && !r.StartsWith("System.", StringComparison.Ordinal) && !EnginePackages.Contains(r))
            .Select(r => $"{engine.Name} references {r}")];
        violations.AddRange(
            from type in engine.Types
            from use in type.Uses
            where Impure.Any(i => use.Name == i || (i.EndsWith('.') && use.Name.StartsWith(i, StringComparison.Ordinal)))
            select $"{type.FullName} uses {use.Name}: the engine has no clock and does no I/O");
        return violations;
    }

    public static List<string> EngineViolations(XDocument projectFile) =>
    [
        .. Includes(projectFile, "PackageReference").Where(p => !EnginePackages.Contains(p)).Select(p => $"the engine references package {p}"),
        .. Includes(projectFile, "FrameworkReference").Select(p => $"the engine references framework {p}"),
    ];

    /// <summary>The dashboard sees what any client sees, and nothing behind it.</summary>
    public static List<string> DashboardViolations(AssemblyFacts server, string folder) =>
    [
        .. from type in server.Types
           where server.FolderOf(type.Namespace) == folder
           from use in type.Uses
           where (IsOurs(use.Assembly) && use.Assembly is not "Flyball.Client" && use.Assembly != server.Name)
               || (use.Assembly == server.Name && server.FolderOf(use.Namespace) != folder)
           select $"{type.FullName} uses {use.Name}",
    ];

    private static List<string> Violations(string project, IEnumerable<string> references, IReadOnlyList<string>? allowed) =>
        [.. references.Where(r => r == "Flyball.Server" || (allowed is not null && !allowed.Contains(r))).Select(r => $"{project} references {r}")];

    private static bool IsOurs(string assembly) => assembly == "Flyball" || assembly.StartsWith("Flyball.", StringComparison.Ordinal);

    private static IEnumerable<string> Includes(XDocument projectFile, string element) =>
        projectFile.Descendants(element).Select(e => (string?)e.Attribute("Include")).OfType<string>();
}
