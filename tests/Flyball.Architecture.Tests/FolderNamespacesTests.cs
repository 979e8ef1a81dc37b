using Flyball.Architecture.Tests.Assemblies;
using Flyball.Architecture.Tests.Rules;

namespace Flyball.Architecture.Tests;

public sealed class FolderNamespacesTests
{
    [Fact]
    public void Every_namespace_of_src_is_its_folder()
    {
        var (files, types) = (0, 0);
        foreach (var project in Repository.Projects)
        {
            var folder = Repository.FolderOf(project);
            var assembly = Repository.Assembly(project);
            Verdict.Clean(FolderNamespaces.Violations(project, folder));
            Verdict.Clean(FolderNamespaces.Violations(assembly, folder));
            files += Repository.SourceFiles(folder).Count();
            types += assembly.Types.Count;
        }

        Assert.True(files > 10 && types > 10, $"the rule saw {files} files and {types} types");
    }

    [Fact]
    public void A_namespace_that_is_not_its_folder_is_found()
    {
        var fixtures = Repository.Fixtures();
        var folder = Path.Combine(Repository.Root(), "tests", fixtures.Name);

        Assert.Equal(
            ["Flyball.Architecture.Fixtures/Serving/Misplaced.cs declares Flyball.Architecture.Fixtures.Elsewhere and not Flyball.Architecture.Fixtures.Serving"],
            FolderNamespaces.Violations(fixtures.Name, folder));
        Assert.Equal(
            ["Flyball.Architecture.Fixtures.Elsewhere.Misplaced: no folder has its namespace"],
            FolderNamespaces.Violations(fixtures, folder));
    }
}
