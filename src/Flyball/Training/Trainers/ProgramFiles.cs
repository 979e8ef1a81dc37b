using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Native.Posix;

namespace Flyball.Training.Trainers;

/// <summary>
/// The files that the words of <c>run</c> name outside the project folder: the program as it is found, and each argument that is an existing regular file,
/// also behind an <c>=</c>. Files of the project folder are hashed with the project.
/// </summary>
public static class ProgramFiles
{
    private const long Largest = 1L << 30;

    /// <summary>Hashes them as they are now. Cost: reads each once.</summary>
    /// <exception cref="FlyballException">FLY3399: one is too large, or cannot be read.</exception>
    public static IReadOnlyList<ProgramFile> Of(IReadOnlyList<string> run)
    {
        var found = new List<ProgramFile>();
        for (var i = 0; i < run.Count; i++)
        {
            var path = i == 0 ? FindProgram(run[0]) : AbsolutePath(run[i]);
            if (path is not null && PlainFile.OpenThroughLinks(path) is { } file)
            {
                using (file)
                {
                    found.Add(Hash(run[i], path, file));
                }
            }
        }

        return found;
    }

    /// <summary>What of the files of a finished run is not so any more, in words; null when all are as they were, or the run names none.</summary>
    /// <param name="identity">The ingredients of the run's id, as they are kept with it.</param>
    public static string? Changed(string identity)
    {
        var kept = JsonNode.Parse(identity)?[RunIdentity.ProgramsName]?.Deserialize<IReadOnlyList<ProgramFile>>(TrainingJson.Options) ?? [];
        return kept.Select(Difference).FirstOrDefault(d => d is not null);
    }

    /// <exception cref="FlyballException">FLY3395: what would run is not what the run's id names.</exception>
    internal static void Require(IReadOnlyList<ProgramFile> named, IReadOnlyList<string> run)
    {
        var difference = named.Select(Difference).FirstOrDefault(d => d is not null)
            ?? Of(run).Where(n => !named.Contains(n)).Select(n => $"{n.Path} is another file than the one it was named with").FirstOrDefault();
        if (difference is not null)
        {
            throw new FlyballException(new Problem(
                "FLY3395", $"The training program is not the one that the run is named by: {difference}.", Remedy: "Train again, which makes another run, or put the file back."));
        }
    }

    /// <summary>The file that the system would start; null when there is none, or it stands in the program's own folder.</summary>
    internal static string? FindProgram(string name)
    {
        if (name.Contains('/', StringComparison.Ordinal))
        {
            return AbsolutePath(name);
        }

        var folders = Environment.GetEnvironmentVariable("PATH") ?? TrainingProgram.UsualPath;
        return folders.Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Where(f => f[0] == '/')
            .Select(f => Path.Combine(f, name))
            .FirstOrDefault(p => !OperatingSystem.IsWindows() && File.Exists(p) && (File.GetUnixFileMode(p) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != UnixFileMode.None);
    }

    private static string? Difference(ProgramFile named)
    {
        using var file = PlainFile.OpenThroughLinks(named.Path);
        if (file is null)
        {
            return $"{named.Path} is not there any more";
        }

        var now = Hash(named.Name, named.Path, file).Sha256;
        return now == named.Sha256 ? null : $"{named.Path} has the SHA-256 {now[..12]} and had {named.Sha256[..12]}";
    }

    private static ProgramFile Hash(string name, string path, FileStream file) =>
        file.Length <= Largest
            ? new ProgramFile(name, path, Digest.Of(file).Hex, file.Length)
            : throw new FlyballException(new Problem(
                "FLY3399", string.Create(CultureInfo.InvariantCulture, $"{path}, which the training program is started with, has {file.Length} bytes, more than {Largest}."), Remedy: "Name the program's own files under run, not its data."));

    private static string? AbsolutePath(string word)
    {
        var path = word.StartsWith('/') ? word : word[(word.IndexOf('=', StringComparison.Ordinal) + 1)..];
        return path.StartsWith('/') ? path : null;
    }
}
