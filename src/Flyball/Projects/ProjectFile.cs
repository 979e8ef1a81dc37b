using System.Text;
using Flyball.Engine.Problems;

namespace Flyball.Projects;

/// <summary>One definition file of a project folder.</summary>
/// <param name="Path">Path inside the folder, with <c>/</c>.</param>
/// <param name="Root">The file's mapping.</param>
public sealed record ProjectFile(string Path, YamlSection Root)
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads one file; null after adding what is wrong with it.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="path">The file inside it, as problems name it.</param>
    /// <param name="problems">Gets FLY1100 to FLY1106.</param>
    public static ProjectFile? Read(string directory, string path, ProblemList problems)
    {
        try
        {
            var full = System.IO.Path.Combine(directory, path);
            if (new FileInfo(full) is { Exists: true, Length: > YamlReader.LongestFile })
            {
                problems.Add("FLY1101", "The file is larger than 1 MB.", new ProblemLocation(path), "Split it.");
                return null;
            }

            var text = File.ReadAllText(full, StrictUtf8);
            return YamlSection.Parse(path, text, problems) is { } root ? new ProjectFile(path, root) : null;
        }
        catch (DecoderFallbackException)
        {
            problems.Add("FLY1100", "The file is not UTF-8.", new ProblemLocation(path), "Save it as UTF-8.");
        }
        catch (FileNotFoundException)
        {
            problems.Add("FLY1106", "The file is missing.", new ProblemLocation(path), "Create it, or name another folder with --project.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add("FLY1106", $"The file cannot be read: {e.Message}", new ProblemLocation(path));
        }

        return null;
    }
}
