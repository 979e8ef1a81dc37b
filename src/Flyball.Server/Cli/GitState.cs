using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Flyball.Server.Cli;

/// <summary>What Git says of a project folder, for the record of a run.</summary>
internal static class GitState
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Commit, branch and whether there are changes; null where there is no Git, no repository, or no commit yet. Cost: two short processes.</summary>
    public static JsonObject? Of(string directory)
    {
        if (!Directory.Exists(directory) || !IsInRepository(directory) || Ask(directory, "rev-parse", "HEAD") is not { } commit)
        {
            return null;
        }

        var branch = Ask(directory, "rev-parse", "--abbrev-ref", "HEAD");
        return new JsonObject
        {
            ["commit"] = commit,
            ["branch"] = branch is "HEAD" ? null : branch,
            ["dirty"] = Ask(directory, "status", "--porcelain", "--", ".") is not "",
        };
    }

    /// <summary>Looked for without starting a process: most folders are in none.</summary>
    private static bool IsInRepository(string directory)
    {
        for (var folder = new DirectoryInfo(directory); folder is not null; folder = folder.Parent)
        {
            if (Path.Exists(Path.Combine(folder.FullName, ".git")))
            {
                return true;
            }
        }

        return false;
    }

    private static string? Ask(string directory, params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo("git", ["-C", directory, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
            using var git = Process.Start(start)!;
            git.ErrorDataReceived += (_, _) => { };
            git.BeginErrorReadLine();
            var said = git.StandardOutput.ReadToEnd().Trim();
            return git.WaitForExit(Patience) && git.ExitCode == 0 ? said : null;
        }
        catch (Win32Exception)
        {
            // No Git here.
            return null;
        }
    }
}
