namespace Flyball.EndToEnd.Tests.Programs;

/// <summary>Where things lie in the checkout that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    /// <summary>The program that FLYBALL_PROGRAM names, as <c>./test</c> does with the copy that <c>./flyball</c> starts; else the built one, of the same configuration as these tests.</summary>
    public static string Program { get; } = Environment.GetEnvironmentVariable("FLYBALL_PROGRAM") is { Length: > 0 } named ? named : Built();

    public static string Example(string name) => Path.Combine(Root, "examples", name);

    /// <summary>The folder of data sets beside the checkout; null where there is none.</summary>
    public static string? Shared(params string[] below)
    {
        var folder = Environment.GetEnvironmentVariable("FLYBALL_SHARED") ?? Path.Combine(Root, "..", "shared");
        var path = Path.GetFullPath(Path.Combine([folder, .. below]));
        return Directory.Exists(path) ? path : null;
    }

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Flyball.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The tests run from a checkout: no Flyball.slnx above them.");
    }

    private static string Built()
    {
        // bin/<configuration>/<framework>
        var tail = AppContext.BaseDirectory[(AppContext.BaseDirectory.LastIndexOf("/bin/", StringComparison.Ordinal) + 1)..];
        return Path.Combine(Root, "src", "Flyball.Server", tail, "Flyball.Server.dll");
    }
}
