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
    /// <summary>How the parts are written: <c>parquet</c>, or <c>csv</c> for programs that cannot read that.</summary>
    public string Format { get; init; } = "parquet";

    /// <summary>It may use TCP.</summary>
    public bool Network { get; init; }

    /// <summary>It must not run where it cannot be shut in.</summary>
    public bool RequiresConfinement { get; init; }

    public const string Kind = "command";

    internal static CommandDefinition? Read(YamlSection section)
    {
        section.Require("run");
        var (run, files) = (section.Texts("run"), section.Texts("files"));
        var limits = CommandLimits.Read(section.Section("limits"));
        var format = section.Text("format") ?? "parquet";
        if (format is not ("parquet" or "csv"))
        {
            section.Problems.Add(new Problem("FLY1291", $"The parts cannot be written as {format}.", section.At("format"), "Use parquet or csv."));
        }

        var (network, confine) = (section.Flag("network") ?? false, section.Text("confine") ?? "when-possible");
        if (confine is not ("required" or "when-possible"))
        {
            section.Problems.Add(new Problem("FLY1291", $"The program cannot be shut in as {confine}.", section.At("confine"), "Use required or when-possible."));
        }

        foreach (var word in run.Where(w => !w.StartsWith('-') && !Path.IsPathRooted(w) && w.Split('/') is { Length: > 1 } steps && steps.Contains("..", StringComparer.Ordinal)))
        {
            section.Problems.Add(new Problem("FLY1291", $"{word} leads out of the program's folder.", section.At("run"), "Name files of the project by their paths in it, and others by absolute paths."));
        }

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

        return new CommandDefinition(run, named, limits) { Format = format, Network = network, RequiresConfinement = confine == "required" };
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
