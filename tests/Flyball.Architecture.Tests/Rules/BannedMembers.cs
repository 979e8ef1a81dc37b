using System.Xml.Linq;
using Flyball.Architecture.Tests.Assemblies;

namespace Flyball.Architecture.Tests.Rules;

/// <summary>What BannedSymbols.txt names is called nowhere, and no project gets out of the analyzer that says so while typing.</summary>
internal static class BannedMembers
{
    /// <summary>Documentation ids, each with what to use in its place.</summary>
    public static IReadOnlyDictionary<string, string> Read(string text) => text
        .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Where(line => !line.StartsWith("//", StringComparison.Ordinal))
        .Select(line => line.Split(';', 2))
        .ToDictionary(parts => parts[0], parts => parts.Length > 1 ? parts[1] : "");

    public static List<string> Violations(AssemblyFacts assembly, IReadOnlyDictionary<string, string> banned) =>
        [.. from type in assembly.Types
            from member in type.Members
            where !type.IsGenerated && banned.ContainsKey(member)
            select $"{type.FullName} uses {member}: {banned[member]}"];

    public static List<string> Violations(string project, XDocument projectFile, IEnumerable<(string File, string Text)> sources)
    {
        List<string> violations = [];
        if (projectFile.Descendants("AdditionalFiles").Any(e => e.Attribute("Remove") is not null))
        {
            violations.Add($"{project} removes additional files");
        }

        if (projectFile.Descendants("PackageReference").Any(e => (string?)e.Attribute("Remove") == "Microsoft.CodeAnalysis.BannedApiAnalyzers"))
        {
            violations.Add($"{project} removes the analyzer");
        }

        if (projectFile.Descendants("NoWarn").Any(e => e.Value.Contains("RS0030", StringComparison.Ordinal)))
        {
            violations.Add($"{project} silences RS0030");
        }

        violations.AddRange(sources.Where(s => s.Text.Contains("RS0030", StringComparison.Ordinal)).Select(s => $"{s.File} silences RS0030"));
        return violations;
    }

    /// <summary>Whether the shared project settings hand the list to the analyzer, for all but tests and benchmarks.</summary>
    public static List<string> SettingsViolations(XDocument settings) =>
        settings.Descendants("AdditionalFiles").Any(e => ((string?)e.Attribute("Include"))?.EndsWith("BannedSymbols.txt", StringComparison.Ordinal) == true)
        && settings.Descendants("PackageReference").Any(e => (string?)e.Attribute("Include") == "Microsoft.CodeAnalysis.BannedApiAnalyzers")
            ? []
            : ["the shared settings do not hand BannedSymbols.txt to the analyzer"];
}
