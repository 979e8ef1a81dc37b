using System.Xml.Linq;
using Flyball.Architecture.Tests.Assemblies;
using Flyball.Architecture.Tests.Rules;

namespace Flyball.Architecture.Tests;

public sealed class AllowedReferencesTests
{
    [Fact]
    public void Projects_and_assemblies_reference_only_what_they_may()
    {
        Assert.True(Repository.Projects.Count >= 6, "src/ holds the projects of the layout");
        foreach (var project in Repository.Projects)
        {
            var allowed = AllowedReferences.ProjectsFor(project);
            Verdict.Clean(AllowedReferences.Violations(Repository.Assembly(project), allowed));
            Verdict.Clean(AllowedReferences.Violations(project, Repository.ProjectFile(project), allowed));
        }
    }

    [Fact]
    public void A_reference_that_is_not_allowed_is_found_in_the_assembly_and_in_the_project_file()
    {
        var fixtures = Repository.Fixtures();
        var file = XDocument.Load(Path.Combine(Repository.Root(), "tests", fixtures.Name, fixtures.Name + ".csproj"));

        Assert.Equal(
            ["Flyball.Architecture.Fixtures references Flyball.Engine", "Flyball.Architecture.Fixtures references Flyball.Server"],
            AllowedReferences.Violations(fixtures, []).Order(StringComparer.Ordinal));
        Assert.Equal(2, AllowedReferences.Violations(fixtures.Name, file, []).Count);
    }

    [Fact]
    public void Nobody_references_the_server_even_where_all_else_is_allowed()
    {
        var fixtures = Repository.Fixtures();

        Assert.Equal(["Flyball.Architecture.Fixtures references Flyball.Server"], AllowedReferences.Violations(fixtures, null));
    }

    [Fact]
    public void Storage_may_not_know_the_stages()
    {
        Assert.DoesNotContain("Flyball", AllowedReferences.ProjectsFor("Flyball.Storage")!);
        Assert.DoesNotContain("Flyball", AllowedReferences.ProjectsFor("Flyball.Storage.Postgres")!);
    }

    [Fact]
    public void The_engine_sees_the_runtime_and_its_numeric_packages()
    {
        var engine = Repository.Assembly("Flyball.Engine");

        Assert.NotEmpty(engine.Types);
        Assert.Contains("System.Runtime", engine.References);
        Verdict.Clean(AllowedReferences.EngineViolations(engine));
        Verdict.Clean(AllowedReferences.EngineViolations(Repository.ProjectFile("Flyball.Engine")));
    }

    [Fact]
    public void An_engine_that_does_IO_or_takes_a_package_is_found()
    {
        var violations = AllowedReferences.EngineViolations(Repository.Fixtures());

        Assert.Contains("Flyball.Architecture.Fixtures references Flyball.Server", violations);
        Assert.Contains(violations, v => v.Contains("ReadsClock uses System.IO.File:", StringComparison.Ordinal));
        Assert.Contains(violations, v => v.Contains("ReadsClock uses System.Threading.Thread:", StringComparison.Ordinal));
        Assert.NotEmpty(AllowedReferences.EngineViolations(Repository.ProjectFile("Flyball")));
    }

    [Fact]
    public void The_dashboard_sees_only_what_a_client_sees()
    {
        const string Folder = "Dashboard";
        var server = Repository.Assembly("Flyball.Server");

        Assert.NotEmpty(server.Types);
        Verdict.Clean(AllowedReferences.DashboardViolations(server, Folder));
        if (Directory.Exists(Path.Combine(Repository.FolderOf("Flyball.Server"), Folder)))
        {
            Assert.Contains(server.Types, t => server.FolderOf(t.Namespace) == Folder);
        }
    }

    [Fact]
    public void A_dashboard_that_reaches_behind_the_client_is_found()
    {
        var violations = AllowedReferences.DashboardViolations(Repository.Fixtures(), "Dashboard");

        Assert.Contains(violations, v => v.EndsWith("uses Flyball.Engine.Time.EventTime", StringComparison.Ordinal));
        Assert.Contains(violations, v => v.EndsWith("uses Flyball.Architecture.Fixtures.Contracts.Earlier", StringComparison.Ordinal));
    }
}
