namespace Flyball.Engine.Tests.Oracles;

/// <summary>Finds the folder of numeric oracles: the environment names it, or it stands beside the repository.</summary>
internal static class SharedFolder
{
    /// <summary>Full path of a file in the folder; skips the running test, saying so, where it is absent.</summary>
    public static string File(params string[] parts)
    {
        var named = Environment.GetEnvironmentVariable("FLYBALL_SHARED");
        if (!string.IsNullOrEmpty(named) && System.IO.File.Exists(Path.Combine([named, .. parts])))
        {
            return Path.Combine([named, .. parts]);
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine([folder.FullName, "shared", .. parts]);
            if (System.IO.File.Exists(candidate))
            {
                return candidate;
            }
        }

        Assert.Skip($"No {Path.Combine(parts)}: set FLYBALL_SHARED to the folder of oracles, or put it beside the repository as 'shared'.");
        return "";
    }
}
