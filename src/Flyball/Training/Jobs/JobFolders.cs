using Flyball.Engine.Identity;
using Flyball.Training.Pipeline;
using Flyball.Workspaces;

namespace Flyball.Training.Jobs;

/// <summary>
/// The folders that training child processes work in, one a run. A run that was cut off keeps its folder, and what its steps made there; one that
/// ended has none.
/// </summary>
internal sealed class JobFolders(Workspace workspace)
{
    private const string Prefix = "run-";

    /// <summary>The folder of a run with everything it is given; outputs of an earlier attempt stay in it.</summary>
    public string Prepare(TrainingJob job, ProjectPlan plan, TrainingRequest request)
    {
        var directory = Of(job.RunId);
        var kept = Path.Combine(directory, PipelineSteps.FolderName);
        if (Directory.Exists(directory))
        {
            foreach (var entry in new DirectoryInfo(directory).EnumerateFileSystemInfos().Where(e => e.FullName != kept))
            {
                Remove(entry);
            }
        }

        Directory.CreateDirectory(directory);
        foreach (var (path, content) in plan.Files)
        {
            var target = Path.Combine(directory, TrainingJob.ProjectFolderName, path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.WriteAllBytes(target, content);
        }

        job.Write(directory);
        Place(directory, request.ChampionBundle, TrainingJob.ChampionFileName);
        Place(directory, request.PreviousBundle, TrainingJob.PreviousFileName);
        Place(directory, request.GivenBundle, TrainingJob.GivenFileName);
        Place(directory, request.Outside?.Sha256, TrainingJob.OutsideFileName);
        return directory;
    }

    /// <summary>A fresh folder with the job of a finished run.</summary>
    public string Again(string runId, byte[] packed)
    {
        var directory = Path.Combine(workspace.Directory.Jobs, $"reproduce-{runId[..16]}");
        Delete(directory);
        Directory.CreateDirectory(directory);
        JobArchive.Unpack(packed, directory);
        return directory;
    }

    public static void Delete(string directory)
    {
        if (Directory.Exists(directory))
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>Removes what belongs to no interrupted run.</summary>
    public void Sweep(IEnumerable<string> interrupted)
    {
        if (!Directory.Exists(workspace.Directory.Jobs))
        {
            return;
        }

        var kept = interrupted.Select(Of).ToHashSet(StringComparer.Ordinal);
        foreach (var entry in new DirectoryInfo(workspace.Directory.Jobs).EnumerateFileSystemInfos().Where(e => !kept.Contains(e.FullName)))
        {
            Remove(entry);
        }
    }

    private string Of(string runId) => Path.Combine(workspace.Directory.Jobs, Prefix + runId[..24]);

    private void Place(string directory, string? blob, string name)
    {
        if (Digest.TryParse(blob, out var digest))
        {
            File.WriteAllBytes(Path.Combine(directory, name), workspace.Blobs.Read(digest));
        }
    }

    private static void Remove(FileSystemInfo entry)
    {
        if (entry is DirectoryInfo folder)
        {
            folder.Delete(recursive: true);
        }
        else
        {
            entry.Delete();
        }
    }
}
