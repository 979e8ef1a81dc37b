using System.Text.RegularExpressions;
using Flyball.Architecture.Tests.Assemblies;

namespace Flyball.Architecture.Tests.Rules;

/// <summary>A code names one problem: it has one row in the reference, and is made in one folder unless several share its meaning.</summary>
internal static partial class ErrorCodes
{
    /// <summary>Codes that mean the same wherever they are made, with every folder that makes them.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Shared { get; } = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal)
    {
        // The folder reads any YAML; a contract says the same of its own sections.
        ["FLY1102"] = ["Flyball/Contracts", "Flyball/Projects"],
        ["FLY1103"] = ["Flyball/Contracts", "Flyball/Projects"],
        ["FLY1104"] = ["Flyball/Contracts", "Flyball/Projects"],
        ["FLY1105"] = ["Flyball/Contracts", "Flyball/Projects"],
        ["FLY1107"] = ["Flyball/Contracts", "Flyball/Projects"],

        // Columns that are joined by their values: an entity's key, and a label's.
        ["FLY1128"] = ["Flyball/Features", "Flyball/Training"],

        // The audit log makes it; the table gives it a status of its own.
        ["FLY2031"] = ["Flyball.Storage/Audit", "Flyball/Problems"],

        // A malformed request among codes of rows: the table gives it a status of its own.
        ["FLY3178"] = ["Flyball/Problems", "Flyball/Training"],

        // Requests: what any route can refuse.
        ["FLY3001"] = ["Flyball.Server/Operations", "Flyball.Server/Protocols", "Flyball/Contracts", "Flyball/Problems", "Flyball/Serving"],
        ["FLY3002"] = ["Flyball/Contracts", "Flyball/Governance", "Flyball/Monitoring", "Flyball/Problems", "Flyball/Registry", "Flyball/Rollout", "Flyball/Serving"],
        ["FLY3003"] = ["Flyball/Contracts", "Flyball/Serving"],
        ["FLY4001"] = ["Flyball/Access", "Flyball/Problems"],
        ["FLY4003"] = ["Flyball/Access", "Flyball/Problems"],
        ["FLY4004"] =
        [
            "Flyball.Server/Operations", "Flyball.Server/Protocols", "Flyball/Contracts", "Flyball/Features", "Flyball/Governance", "Flyball/Monitoring", "Flyball/Problems", "Flyball/Registry",
            "Flyball/Retraining", "Flyball/Rollout", "Flyball/Serving", "Flyball/Training",
        ],
        ["FLY4005"] = ["Flyball.Server/Operations", "Flyball/Problems"],
        ["FLY4013"] = ["Flyball.Server/Operations", "Flyball.Server/Protocols", "Flyball/Contracts", "Flyball/Problems", "Flyball/Registry", "Flyball/Serving"],
        ["FLY4015"] = ["Flyball.Server/Operations", "Flyball.Server/Protocols", "Flyball/Contracts", "Flyball/Problems", "Flyball/Registry", "Flyball/Training"],
        ["FLY3023"] = ["Flyball/Contracts", "Flyball/Problems"],
        ["FLY3146"] = ["Flyball/Contracts", "Flyball/Problems"],
        ["FLY3301"] = ["Flyball/Problems", "Flyball/Training"],
        ["FLY3302"] = ["Flyball/Problems", "Flyball/Training"],
        ["FLY3304"] = ["Flyball/Problems", "Flyball/Training"],
        ["FLY3307"] = ["Flyball/Problems", "Flyball/Training"],
        ["FLY3340"] = ["Flyball.Server/Protocols", "Flyball/Registry"],
        // What the state of a version forbids, among codes of archives: the table gives them a status of their own.
        ["FLY3357"] = ["Flyball/Problems", "Flyball/Registry"],
        ["FLY3358"] = ["Flyball/Problems", "Flyball/Registry"],
        ["FLY3970"] = ["Flyball/Problems", "Flyball/Registry"],
        ["FLY3971"] = ["Flyball/Problems", "Flyball/Registry"],
        ["FLY3972"] = ["Flyball/Problems", "Flyball/Registry"],
        ["FLY3407"] = ["Flyball.Server/Protocols", "Flyball/Problems"],
        // No fault of the file, among codes of model files: the table gives it a status of its own.
        ["FLY3906"] = ["Flyball/Problems", "Flyball/Training"],
        ["FLY3931"] = ["Flyball/Problems", "Flyball/Serving"],
        ["FLY5003"] = ["Flyball/Problems", "Flyball/Serving"],
        ["FLY5031"] = ["Flyball/Problems", "Flyball/Serving"],
        ["FLY5032"] = ["Flyball/Problems", "Flyball/Serving"],
        ["FLY5033"] = ["Flyball/Problems", "Flyball/Serving"],
        ["FLY5090"] = ["Flyball.Server/Operations", "Flyball/Problems"],
        ["FLY4091"] = ["Flyball/Contracts", "Flyball/Problems"],
        ["FLY4092"] = ["Flyball/Contracts", "Flyball/Problems", "Flyball/Serving"],

        ["FLY4093"] = ["Flyball/Contracts", "Flyball/Problems"],
        ["FLY4094"] = ["Flyball/Contracts", "Flyball/Problems"],

        // A defect, told by whoever meets it.
        ["FLY9000"] = ["Flyball.Server/Operations", "Flyball/Monitoring"],

        // A value of the wrong type or a wrong time: in a row, and in the URL of a feature lookup.
        ["FLY3102"] = ["Flyball/Contracts", "Flyball/Features"],
        ["FLY3108"] = ["Flyball/Contracts", "Flyball/Features"],

        // The registry's and the rollout's refusals, which later stages meet on their way.
        ["FLY3202"] = ["Flyball/Registry", "Flyball/Retraining"],
        ["FLY3203"] = ["Flyball/Registry", "Flyball/Rollout"],
        ["FLY3204"] = ["Flyball/Registry", "Flyball/Retraining"],
        ["FLY3207"] = ["Flyball/Registry", "Flyball/Rollout"],
        ["FLY3231"] = ["Flyball/Retraining", "Flyball/Rollout"],
        ["FLY3233"] = ["Flyball/Retraining", "Flyball/Rollout"],
    };

    /// <summary>The codes in the code of src/ (comments left out), each with the folders, project/folder, that name it.</summary>
    public static SortedDictionary<string, SortedSet<string>> InSources()
    {
        var source = Path.Combine(Repository.Root(), "src");
        return Find(Repository.SourceFiles(source).Select(f => (FolderOf(Path.GetRelativePath(source, f)), File.ReadAllText(f))));
    }

    public static SortedDictionary<string, SortedSet<string>> Find(IEnumerable<(string Folder, string Text)> sources)
    {
        var found = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        foreach (var (folder, text) in sources)
        {
            foreach (var code in text.Split('\n').Where(l => !l.TrimStart().StartsWith("//", StringComparison.Ordinal)).SelectMany(l => Code().Matches(l)).Select(m => m.Value))
            {
                if (!found.TryGetValue(code, out var folders))
                {
                    found[code] = folders = new SortedSet<string>(StringComparer.Ordinal);
                }

                folders.Add(folder);
            }
        }

        return found;
    }

    /// <summary>What is wrong between the codes of the sources and the rows of the reference.</summary>
    public static List<string> RowViolations(IEnumerable<string> codes, string reference)
    {
        var rows = Row().Matches(reference).Select(m => m.Groups["code"].Value).ToList();
        var known = codes.ToHashSet(StringComparer.Ordinal);
        return
        [
            .. known.Except(rows, StringComparer.Ordinal).Select(c => $"{c} has no row in docs/reference/errors.md"),
            .. rows.Distinct(StringComparer.Ordinal).Where(c => !known.Contains(c)).Select(c => $"{c} has a row in docs/reference/errors.md, and no code in src/ makes it"),
            .. rows.GroupBy(c => c, StringComparer.Ordinal).Where(g => g.Count() > 1).Select(g => $"{g.Key} has {g.Count()} rows in docs/reference/errors.md"),
        ];
    }

    /// <summary>Codes made in several folders without a place in <paramref name="shared"/>, and places there that are not so.</summary>
    public static List<string> FolderViolations(
        IReadOnlyDictionary<string, SortedSet<string>> codes, IReadOnlyDictionary<string, IReadOnlyList<string>> shared)
    {
        List<string> violations = [];
        foreach (var (code, folders) in codes.Where(c => c.Value.Count > 1 && !shared.ContainsKey(c.Key)))
        {
            violations.Add($"{code} is made in {string.Join(" and ", folders)}: give the later one a code of its own");
        }

        foreach (var (code, folders) in shared)
        {
            if (!codes.TryGetValue(code, out var seen) || !seen.SetEquals(folders))
            {
                violations.Add($"{code} is listed as shared by {string.Join(", ", folders)}, and is made in {(seen is null ? "none" : string.Join(", ", seen))}");
            }
        }

        return violations;
    }

    private static string FolderOf(string path) => string.Join('/', path.Split(Path.DirectorySeparatorChar).Take(2));

    [GeneratedRegex(@"FLY[0-9]{4}", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Code();

    [GeneratedRegex(@"^\| `?(?<code>FLY[0-9]{4})", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Row();
}
