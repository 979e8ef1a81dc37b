using System.Xml.Linq;
using Flyball.Architecture.Tests.Assemblies;
using Flyball.Architecture.Tests.Rules;

namespace Flyball.Architecture.Tests;

public sealed class BannedMembersTests
{
    private static readonly IReadOnlyDictionary<string, string> Banned =
        BannedMembers.Read(File.ReadAllText(Path.Combine(Repository.Root(), "BannedSymbols.txt")));

    [Fact]
    public void No_assembly_uses_a_banned_member()
    {
        var members = 0;
        foreach (var project in Repository.Projects)
        {
            var assembly = Repository.Assembly(project);
            members += assembly.Types.Sum(t => t.Members.Count);
            Verdict.Clean(BannedMembers.Violations(assembly, Banned));
        }

        Assert.True(members > 100, $"the rule saw only {members} uses of members");
    }

    [Theory]
    [InlineData("P:System.DateTime.UtcNow")]
    [InlineData("M:System.Guid.NewGuid")]
    [InlineData("P:System.Random.Shared")]
    [InlineData("M:System.Random.#ctor")]
    [InlineData("M:System.Double.Parse(System.String)")]
    [InlineData("M:System.Threading.Tasks.Task.Run(System.Func{System.Threading.Tasks.Task})")]
    [InlineData("P:System.Threading.Tasks.Task`1.Result")]
    [InlineData("M:System.Threading.Thread.Sleep(System.Int32)")]
    public void A_banned_member_is_found(string member)
    {
        Assert.Contains(member, Banned);
        Assert.Contains(
            BannedMembers.Violations(Repository.Fixtures(), Banned),
            v => v.StartsWith($"Flyball.Architecture.Fixtures.Clocks.ReadsClock uses {member}:", StringComparison.Ordinal));
    }

    [Fact]
    public void Overloads_that_are_not_banned_are_let_be() =>
        Assert.DoesNotContain(
            BannedMembers.Violations(Repository.Fixtures(), Banned), v => v.Contains("ReadsNoClock", StringComparison.Ordinal));

    [Fact]
    public void Every_ban_names_what_to_use_instead() => Assert.All(Banned, ban => Assert.NotEmpty(ban.Value));

    [Fact]
    public void Every_project_of_src_is_under_the_analyzer()
    {
        Verdict.Clean(BannedMembers.SettingsViolations(XDocument.Load(Path.Combine(Repository.Root(), "Directory.Build.props"))));
        foreach (var project in Repository.Projects)
        {
            var sources = Repository.SourceFiles(Repository.FolderOf(project)).Select(f => (f, File.ReadAllText(f)));
            Verdict.Clean(BannedMembers.Violations(project, Repository.ProjectFile(project), sources));
        }
    }

    [Theory]
    [InlineData("<AdditionalFiles Remove='@(AdditionalFiles)' />")]
    [InlineData("<PackageReference Remove='Microsoft.CodeAnalysis.BannedApiAnalyzers' />")]
    [InlineData("<NoWarn>$(NoWarn);RS0030</NoWarn>")]
    public void A_project_that_gets_out_of_the_analyzer_is_found(string line) =>
        Assert.Single(BannedMembers.Violations("X", XDocument.Parse($"<Project><ItemGroup>{line}</ItemGroup></Project>"), []));

    [Fact]
    public void A_file_that_silences_the_analyzer_and_settings_without_the_list_are_found()
    {
        Assert.Single(BannedMembers.Violations("X", XDocument.Parse("<Project />"), [("A.cs", "#pragma warning disable RS0030")]));
        Assert.Single(BannedMembers.SettingsViolations(XDocument.Parse("<Project />")));
    }
}
