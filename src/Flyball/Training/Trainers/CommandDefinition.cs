using System.Collections.Frozen;
using System.Globalization;
using Flyball.Engine.Problems;
using Flyball.Projects;

namespace Flyball.Training.Trainers;

/// <summary>A program that trains: <c>trainer: { kind: command, run: [python3, train.py], files: [train.py], parameters: { … }, limits: { … } }</c>.</summary>
/// <param name="Run">The program and its arguments, as they are given to the system: no shell reads them.</param>
/// <param name="Files">Files of the project folder that it needs; part of the run's identity.</param>
/// <param name="Limits">What it may use.</param>
public sealed record CommandDefinition(IReadOnlyList<string> Run, IReadOnlyList<string> Files, CommandLimits Limits)
{
    public const string Kind = "command";

    internal static CommandDefinition? Read(YamlSection section)
    {
        section.Require("run");
        var (run, files) = (section.Texts("run"), section.Texts("files"));
        var limits = CommandLimits.Read(section.Section("limits"));
        if (run.Count == 0 || run.Any(string.IsNullOrWhiteSpace))
        {
            section.Problems.Add(new Problem("FLY1291", "The trainer names no program.", section.At("run"), "Write it as a list, such as run: [python3, train.py]."));
            return null;
        }

        // What stands beside the model in the project folder is named by the arguments too.
        IReadOnlyList<string> named = files.Count > 0 ? files : [.. run.Skip(1).Where(IsFileName)];
        foreach (var file in named.Where(f => !IsFileName(f)))
        {
            section.Problems.Add(new Problem("FLY1291", $"{file} is no file inside the project folder.", section.At("files"), "Name files by relative paths without '..'."));
        }

        return new CommandDefinition(run, named, limits);
    }

    /// <summary>Numbers that are handed to the program as they are.</summary>
    internal static FrozenDictionary<string, double> ReadParameters(YamlSection section)
    {
        var read = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var entry in section.Entries())
        {
            if (double.TryParse(entry.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
            {
                read[entry.Name] = number;
            }
            else
            {
                section.Problems.Add(new Problem("FLY1291", $"The parameter {entry.Name} is no number.", entry.Where));
            }
        }

        return read.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static bool IsFileName(string text) =>
        text.Length > 0 && !Path.IsPathRooted(text) && !text.StartsWith('-') && text.Contains('.', StringComparison.Ordinal) && !text.Split('/').Any(p => p is ".." or "" or ".");
}
