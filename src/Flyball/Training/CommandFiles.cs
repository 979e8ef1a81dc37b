using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Projects;
using Flyball.Training.Trainers;

namespace Flyball.Training;

/// <summary>The files of a project folder that a training program needs: part of the project, and of the identity of a run.</summary>
internal static class CommandFiles
{
    private const long LargestFile = 1L << 20;

    /// <summary>The files that the definition names, and words of <c>run</c> that are files of the folder whatever they look like.</summary>
    public static IReadOnlyList<string> Named(CommandDefinition command, string directory) =>
    [
        .. command.Files
            .Concat(command.Run.Where((word, i) => i > 0 || word.Contains('/', StringComparison.Ordinal))
                .Where(word => !Path.IsPathRooted(word) && !word.Split('/').Contains("..", StringComparer.Ordinal))
                .Select(word => Path.GetRelativePath(directory, Path.Combine(directory, word)))
                .Where(path => path != "." && File.Exists(Path.Combine(directory, path))))
            .Distinct(StringComparer.Ordinal),
    ];

    /// <summary>The model with the digests of its files; FLY1291 for one that is missing, no plain file, or too large.</summary>
    public static ModelPlan Attach(ModelPlan model, string directory, ProblemList problems)
    {
        if (model.Definition.Trainer.Command is not { } command)
        {
            return model;
        }

        var digests = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in Named(command, directory))
        {
            var file = new FileInfo(Path.Combine(directory, path));
            if (file is { Exists: true, LinkTarget: null, Length: <= LargestFile })
            {
                digests[path] = Digest.Of(File.ReadAllBytes(file.FullName)).Hex;
            }
            else
            {
                problems.Add(new Problem("FLY1291", $"The training program needs {path}, which is no plain file of 1 MB or less in the project folder.", model.Definition.Root.At("trainer"), "Put it there, or name the files it needs under files."));
            }
        }

        return model with { CommandFiles = digests };
    }
}
