namespace Flyball.Tests.Contracts;

/// <summary>Real data that is not part of the repository: a folder named by FLYBALL_SHARED, or <c>shared</c> beside the repository.</summary>
internal static class SharedFiles
{
    /// <summary>The file's path; the test is skipped, saying so, when it is not there.</summary>
    public static string Find(string path)
    {
        var roots = new List<string?> { Environment.GetEnvironmentVariable("FLYBALL_SHARED") };
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            roots.Add(Path.Combine(at.FullName, "shared"));
        }

        var found = roots.Where(r => !string.IsNullOrEmpty(r)).Select(r => Path.Combine(r!, path)).FirstOrDefault(File.Exists);
        if (found is null)
        {
            Assert.Skip($"The shared file {path} is not here.");
        }

        return found;
    }
}
