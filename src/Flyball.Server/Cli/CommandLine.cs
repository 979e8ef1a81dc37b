using System.CommandLine;
using Flyball.Engine.Problems;
using Flyball.Server.Hosting;

namespace Flyball.Server.Cli;

/// <summary>The command <c>flyball</c>: one file a verb.</summary>
internal static class CommandLine
{
    /// <summary>The longest drain, and thirty seconds to end what is under way and to sync.</summary>
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(90);

    /// <summary>In the order of the help.</summary>
    private static readonly OrderedDictionary<string, Func<SharedOptions, Command>> Verbs = new(StringComparer.Ordinal)
    {
        [DemoCommand.Name] = DemoCommand.Create,
        ["up"] = UpCommand.Create,
        ["check"] = CheckCommand.Create,
        ["plan"] = PlanCommand.Create,
        ["apply"] = ApplyCommand.Create,
        ["contracts"] = ContractsCommand.Create,
        ["ingest"] = IngestCommand.Create,
        ["features"] = FeaturesCommand.Create,
        ["simulate"] = SimulateCommand.Create,
        ["train"] = TrainCommand.Create,
        ["runs"] = RunsCommand.Create,
        ["models"] = ModelsCommand.Create,
        ["rollout"] = RolloutCommand.Create,
        ["score"] = ScoreCommand.Create,
        ["predictions"] = PredictionsCommand.Create,
        ["loadtest"] = LoadtestCommand.Create,
        ["monitor"] = MonitorCommand.Create,
        ["retrain"] = RetrainCommand.Create,
        ["ready"] = ReadyCommand.Create,
        ["reproduce"] = ReproduceCommand.Create,
        ["audit"] = AuditCommand.Create,
        ["doctor"] = DoctorCommand.Create,
    };

    public static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments is [WorkerCommand.Name, var job, var lake])
        {
            return TrainWorkerCommand.Run(job, lake);
        }

        if (arguments is [WorkerCommand.ConfinerName, var note])
        {
            return RunConfinedCommand.Run(note);
        }

        if (arguments is [WorkerCommand.ExaminerName, var folder])
        {
            return ExamineModelCommand.Run(folder);
        }

        var shared = new SharedOptions();
        var root = new RootCommand("Flyball keeps machine-learning models right in production.")
        {
            shared.Project,
            shared.Json,
            shared.Actor,
        };

        // Making a command costs a start more than reading its line, and a first word that is a verb is the one that is meant.
        foreach (var create in arguments is [var first, ..] && Verbs.TryGetValue(first, out var meant) ? [meant] : Verbs.Values.ToArray())
        {
            root.Subcommands.Add(create(shared));
        }

        foreach (var command in root.Subcommands.Where(c => c.Name != DemoCommand.Name))
        {
            // The demo's --data names the files to replay; everywhere else it is the data directory.
            command.Options.Add(shared.Data);
        }

        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            return CommandRunner.RefuseUsage(
                arguments.Contains(shared.Json.Name, StringComparer.Ordinal), [.. parsed.Errors.Select(e => new Problem("FLY3005", e.Message, Remedy: "flyball --help names the commands and options."))]);
        }

        return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = LongestEnd });
    }
}
