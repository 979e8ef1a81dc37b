namespace Flyball.Tests.Workspaces;

/// <summary>A copy of the fraud example in a folder of its own, that a test may change.</summary>
internal sealed class FraudProject : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("flyball-project-").FullName;

    public FraudProject()
    {
        var source = Path.Combine(Repository(), "examples", "fraud");
        foreach (var file in Directory.EnumerateFiles(source, "*.yaml", SearchOption.AllDirectories))
        {
            var target = this[Path.GetRelativePath(source, file)];
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    public string Folder => folder;

    /// <summary>The path of a file inside it.</summary>
    public string this[string path] => Path.Combine(folder, path);

    /// <summary>Replaces a text that the file must hold.</summary>
    public FraudProject Replace(string path, string old, string text)
    {
        var before = File.ReadAllText(this[path]);
        Assert.Contains(old, before, StringComparison.Ordinal);
        File.WriteAllText(this[path], before.Replace(old, text, StringComparison.Ordinal));
        return this;
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static string Repository()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at.FullName, "Flyball.slnx")))
        {
            at = at.Parent ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        }

        return at.FullName;
    }
}
