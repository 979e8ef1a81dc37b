using System.Collections.Frozen;
using Flyball.Engine.Problems;
using Flyball.Projects;
using Flyball.Training.Tasks;
using Flyball.Training.Trainers;

namespace Flyball.Training;

/// <summary>The trainer and its parameters.</summary>
/// <param name="Kind">Name of a trainer of <see cref="TrainerCatalog"/>.</param>
/// <param name="Parameters">Its numbers by name, every one of them: those that the file leaves out have the trainer's default.</param>
/// <param name="Seed">Of all that is drawn.</param>
public sealed record TrainerDefinition(string Kind, IReadOnlyDictionary<string, double> Parameters, int Seed)
{
    /// <summary>XGBoost's name of the objective; null for trainers that have none.</summary>
    public string? Objective { get; init; }

    /// <summary>1 for a feature whose rise must not lower the score, -1 for one whose rise must not raise it.</summary>
    public IReadOnlyDictionary<string, int> Monotone { get; init; } = FrozenDictionary<string, int>.Empty;

    /// <summary>Which parameters are searched for; null for none.</summary>
    public SearchDefinition? Search { get; init; }

    /// <summary>The program of the trainer <c>command</c>; null for others.</summary>
    public CommandDefinition? Command { get; init; }

    public double this[string name] => Parameters[name];

    /// <summary>Of a model that answers by its backend and names no trainer.</summary>
    public static TrainerDefinition? Usual(ModelTask task) =>
        YamlSection.Parse("usual", "kind: xgboost", []) is { } section ? Read(section, task) : null;

    public static TrainerDefinition? Read(YamlSection section, ModelTask task)
    {
        section.Require("kind");
        var kind = section.Text("kind");
        if (kind is null)
        {
            return null;
        }

        if (TrainerCatalog.Named(kind) is not { } trainer)
        {
            section.Problems.Add(new Problem("FLY1115", $"The trainer {kind} is not known.", section.At("kind"), $"Use one of {string.Join(", ", TrainerCatalog.Names)}."));
            return null;
        }

        var definition = new TrainerDefinition(
            kind,
            trainer.Parameters.ToFrozenDictionary(p => p.Name, p => p.Read(section), StringComparer.Ordinal),
            (int)TrainerParameter.Whole("seed", 0, 0, int.MaxValue).Read(section))
        {
            Objective = ReadObjective(section, trainer, task),
            Monotone = trainer.TakesObjective ? ReadMonotone(section) : FrozenDictionary<string, int>.Empty,
            Search = section.Section("search") is { } search ? SearchDefinition.Read(search, trainer) : null,
            Command = kind == CommandDefinition.Kind ? CommandDefinition.Read(section) : null,
        };
        if (kind == CommandDefinition.Kind && section.IsMapping("parameters"))
        {
            definition = definition with { Parameters = CommandDefinition.ReadParameters(section.Section("parameters")!) };
        }

        section.Finish();
        return kind == CommandDefinition.Kind && definition.Command is null ? null : definition;
    }

    private static string? ReadObjective(YamlSection section, ITrainer trainer, ModelTask task)
    {
        if (!trainer.TakesObjective)
        {
            return null;
        }

        var objective = section.Text("objective") ?? task.Objectives[0];
        if (!task.Objectives.Contains(objective, StringComparer.Ordinal))
        {
            section.Problems.Add(new Problem("FLY1287", $"The objective {objective} does not fit the task {task}.", section.At("objective"), $"Use one of {string.Join(", ", task.Objectives)}."));
        }

        return objective;
    }

    private static FrozenDictionary<string, int> ReadMonotone(YamlSection section)
    {
        var read = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var entry in section.Section("monotone")?.Entries() ?? [])
        {
            if (entry.Text is "1" or "-1" or "increasing" or "decreasing")
            {
                read[entry.Name] = entry.Text is "1" or "increasing" ? 1 : -1;
            }
            else
            {
                section.Problems.Add(new Problem("FLY1287", $"The direction of {entry.Name} is not known.", entry.Where, "Write increasing or decreasing."));
            }
        }

        return read.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
