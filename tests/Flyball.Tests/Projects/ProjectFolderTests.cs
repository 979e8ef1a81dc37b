using Flyball.Projects;

namespace Flyball.Tests.Projects;

public sealed class ProjectFolderTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("flyball-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_good_folder_gives_its_definition_and_the_files_by_name()
    {
        Write("flyball.yaml", "name: fraud\nowner: risk@example.com\n");
        Write("contracts/b.odcs.yaml", "id: b\n");
        Write("contracts/a.odcs.yaml", "id: a\n");
        Write("contracts/readme.md", "notes");
        Write("features/f.yaml", "features: f\n");
        Write("models/m.yaml", "model: m\n");

        var outcome = ProjectFolder.Load(folder);

        Assert.True(outcome.IsGood);
        Assert.Equal(new ProjectDefinition("fraud", "risk@example.com", null, null), outcome.Folder!.Definition);
        Assert.Equal(["contracts/a.odcs.yaml", "contracts/b.odcs.yaml"], outcome.Folder.Contracts.Select(f => f.Path));
        Assert.Equal("f", Assert.Single(outcome.Folder.Features).Root.Text("features"));
        Assert.Equal("m", Assert.Single(outcome.Folder.Models).Root.Text("model"));
    }

    [Fact]
    public void All_problems_of_all_files_are_returned()
    {
        Write("flyball.yaml", "name: Fraud Team\nownr: x\n");
        Write("contracts/a.odcs.yaml", "id: [\n");
        Write("features/f.yaml", "a: 1\na: 2\n");
        Write("models/m.yml", "model: m\n");
        File.WriteAllBytes(Path.Combine(folder, "features", "g.yaml"), [0x61, 0x3A, 0x20, 0xFF, 0xFE]);

        var outcome = ProjectFolder.Load(folder);

        Assert.False(outcome.IsGood);
        Assert.Equal(
            ["contracts/a.odcs.yaml FLY1100", "features/f.yaml FLY1102", "features/g.yaml FLY1100", "flyball.yaml FLY1103", "flyball.yaml FLY1107", "models/m.yml FLY1107"],
            outcome.Problems.Select(p => $"{p.Where!.File} {p.Code}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_folder_without_a_project_file_says_so()
    {
        var outcome = ProjectFolder.Load(folder);

        Assert.Null(outcome.Folder);
        Assert.Equal("FLY1106", Assert.Single(outcome.Problems).Code);
    }

    [Fact]
    public void A_folder_that_does_not_exist_says_so()
    {
        var outcome = ProjectFolder.Load(Path.Combine(folder, "nowhere"));

        Assert.Null(outcome.Folder);
        Assert.Equal("FLY1106", Assert.Single(outcome.Problems).Code);
    }

    private void Write(string path, string text)
    {
        var full = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}
