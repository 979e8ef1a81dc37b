using System.Text.RegularExpressions;
using Flyball.Engine.Problems;

namespace Flyball.Projects;

/// <summary>
/// The files that a team writes: <c>flyball.yaml</c> and the YAML documents below <c>contracts/</c>, <c>features/</c> and
/// <c>models/</c>, parsed but not yet understood: each stage compiles its own.
/// </summary>
public sealed partial class ProjectFolder
{
    private const string ProjectFileName = "flyball.yaml";

    private const int MostFiles = 1_000;

    private ProjectFolder(ProjectDefinition definition, IReadOnlyList<ProjectFile> contracts, IReadOnlyList<ProjectFile> features, IReadOnlyList<ProjectFile> models)
    {
        Definition = definition;
        Contracts = contracts;
        Features = features;
        Models = models;
    }

    public ProjectDefinition Definition { get; }

    /// <summary><c>contracts/*.odcs.yaml</c>, by name.</summary>
    public IReadOnlyList<ProjectFile> Contracts { get; }

    /// <summary><c>features/*.yaml</c>, by name.</summary>
    public IReadOnlyList<ProjectFile> Features { get; }

    /// <summary><c>models/*.yaml</c>, by name.</summary>
    public IReadOnlyList<ProjectFile> Models { get; }

    /// <summary>Reads the folder; a file that cannot be read becomes a problem and the others are read all the same.</summary>
    public static ProjectOutcome Load(string directory)
    {
        var problems = new ProblemList();
        if (!Directory.Exists(directory))
        {
            problems.Add("FLY1106", $"There is no folder '{directory}'.", remedy: "Create it, or name another folder with --project.");
            return new ProjectOutcome(null, problems);
        }

        var root = ProjectFile.Read(directory, ProjectFileName, problems);
        var contracts = ReadFolder(directory, "contracts", ".odcs.yaml", problems);
        var features = ReadFolder(directory, "features", ".yaml", problems);
        var models = ReadFolder(directory, "models", ".yaml", problems);
        if (root is null)
        {
            return new ProjectOutcome(null, problems);
        }

        return new ProjectOutcome(new ProjectFolder(ReadDefinition(root.Root), contracts, features, models), problems);
    }

    private static ProjectDefinition ReadDefinition(YamlSection root)
    {
        root.Require("name");
        var name = root.Text("name") ?? "";
        if (name.Length > 0 && !NameForm().IsMatch(name))
        {
            root.Problems.Add("FLY1107", "A project's name has lower-case letters, digits, '.', '_' and '-', at most 64.", root.At("name"));
        }

        var definition = new ProjectDefinition(name, root.Text("owner"), root.Text("description"), root.Text("data"));

        // Sources of truth and other notes of the team stay in the file and are not read yet.
        root.Keep("sources", "tags", "links");
        root.Finish();
        return definition;
    }

    private static List<ProjectFile> ReadFolder(string directory, string folder, string ending, ProblemList problems)
    {
        var full = Path.Combine(directory, folder);
        if (!Directory.Exists(full))
        {
            return [];
        }

        var files = new List<ProjectFile>();
        var names = Directory.EnumerateFiles(full).Select(Path.GetFileName).OfType<string>().Where(n => n[0] != '.').Order(StringComparer.Ordinal);
        foreach (var name in names.Take(MostFiles))
        {
            if (name.EndsWith(ending, StringComparison.Ordinal))
            {
                if (ProjectFile.Read(directory, $"{folder}/{name}", problems) is { } file)
                {
                    files.Add(file);
                }
            }
            else if (name.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".yml", StringComparison.OrdinalIgnoreCase))
            {
                // A file that is nearly named right would otherwise be silently without effect.
                problems.Add("FLY1107", $"Files of {folder}/ end with '{ending}'.", new ProblemLocation($"{folder}/{name}"), "Rename it.");
            }
        }

        return files;
    }

    [GeneratedRegex(@"^[a-z0-9][a-z0-9._-]{0,63}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex NameForm();
}
