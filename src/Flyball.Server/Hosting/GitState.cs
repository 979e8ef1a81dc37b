using System.ComponentModel;
using System.Diagnostics;
using Flyball.Training;

namespace Flyball.Server.Hosting;

/// <summary>What Git says of a project folder, for the record of what was applied.</summary>
internal static class GitState
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Commit, branch and whether there are changes; null where there is no Git, no repository, or no commit yet. Cost: four short processes in a repository, none outside.</summary>
    /// <param name="files">Files that the commit must hold: one that Git does not know is a change, also when it is ignored.</param>
    public static SourceTree? Of(string directory, IReadOnlyCollection<string> files)
    {
        if (!Directory.Exists(directory) || !IsInRepository(directory) || Ask(directory, "rev-parse", "HEAD") is not { } commit)
        {
            return null;
        }

        var branch = Ask(directory, "rev-parse", "--abbrev-ref", "HEAD");
        var known = (Ask(directory, "ls-files", "-z") ?? "").Split('\0').ToHashSet(StringComparer.Ordinal);
        return new SourceTree(commit, branch is "HEAD" ? null : branch, Ask(directory, "status", "--porcelain", "--", ".") is not "" || !files.All(known.Contains));
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
            var start = new ProcessStartInfo("git", ["-c", "core.fsmonitor=false", "-C", directory, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
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
