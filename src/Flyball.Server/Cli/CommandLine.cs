using System.CommandLine;
using Flyball.Engine.Problems;
using Flyball.Server.Hosting;

namespace Flyball.Server.Cli;

/// <summary>The command <c>flyball</c>: one file a verb.</summary>
internal static class CommandLine
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments is [WorkerCommand.Name, var job, var lake])
        {
            return TrainWorkerCommand.Run(job, lake);
        }

        var shared = new SharedOptions();
        var root = new RootCommand("Flyball keeps machine-learning models right in production.")
        {
            shared.Project,
            shared.Json,
            shared.Actor,
            DemoCommand.Create(shared),
            UpCommand.Create(shared),
            CheckCommand.Create(shared),
            PlanCommand.Create(shared),
            ApplyCommand.Create(shared),
            ContractsCommand.Create(shared),
            IngestCommand.Create(shared),
            FeaturesCommand.Create(shared),
            SimulateCommand.Create(shared),
            TrainCommand.Create(shared),
            RunsCommand.Create(shared),
            ModelsCommand.Create(shared),
            RolloutCommand.Create(shared),
            MonitorCommand.Create(shared),
            RetrainCommand.Create(shared),
            ReproduceCommand.Create(shared),
            AuditCommand.Create(shared),
            DoctorCommand.Create(shared),
        };
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

        return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(30) });
    }
}
