using System.IO.Compression;

namespace Flyball.Training.Jobs;

/// <summary>A job's inputs as one zip, kept with the run so that it can be made again. Results are left out.</summary>
internal static class JobArchive
{
    private static readonly DateTimeOffset Fixed = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static byte[] Pack(string directory)
    {
        using var packed = new MemoryStream();
        using (var zip = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var path in Inputs(directory).Order(StringComparer.Ordinal))
            {
                var entry = zip.CreateEntry(path, CompressionLevel.Fastest);
                entry.LastWriteTime = Fixed;
                using var target = entry.Open();
                target.Write(File.ReadAllBytes(Path.Combine(directory, path)));
            }
        }

        return packed.ToArray();
    }

    /// <summary>Extracts into an empty folder; the framework refuses entries that point outside it.</summary>
    public static void Unpack(byte[] packed, string directory)
    {
        using var zip = new ZipArchive(new MemoryStream(packed), ZipArchiveMode.Read);
        zip.ExtractToDirectory(directory);
    }

    private static IEnumerable<string> Inputs(string directory)
    {
        yield return TrainingJob.FileName;
        foreach (var name in new[] { TrainingJob.ChampionFileName, TrainingJob.PreviousFileName, TrainingJob.GivenFileName, TrainingJob.OutsideFileName })
        {
            if (File.Exists(Path.Combine(directory, name)))
            {
                yield return name;
            }
        }

        var project = Path.Combine(directory, TrainingJob.ProjectFolderName);
        foreach (var file in Directory.EnumerateFiles(project, "*", SearchOption.AllDirectories))
        {
            yield return Path.GetRelativePath(directory, file);
        }
    }
}
