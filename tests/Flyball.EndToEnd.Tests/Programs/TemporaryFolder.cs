namespace Flyball.EndToEnd.Tests.Programs;

/// <summary>A folder of one test, removed behind it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("flyball-e2e-").FullName;

    /// <summary>A path in it.</summary>
    public string this[string name] => Path.Combine(Root, name);

    /// <summary>Copies a folder into it and answers the copy's path.</summary>
    public string Copy(string folder, string name)
    {
        var target = this[name];
        Directory.CreateDirectory(target);
        foreach (var directory in Directory.GetDirectories(folder, "*", SearchOption.AllDirectories))
        {
            Directory.CreateDirectory(Path.Combine(target, Path.GetRelativePath(folder, directory)));
        }

        foreach (var file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories))
        {
            File.Copy(file, Path.Combine(target, Path.GetRelativePath(folder, file)));
        }

        return target;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
