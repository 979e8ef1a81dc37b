using System.CommandLine;
using System.Text.Json.Nodes;
using Flyball.Server.Tables;
using Spectre.Console;

namespace Flyball.Server.Cli;

/// <summary><c>flyball retrain</c>: what waits, or a retraining now.</summary>
internal static class RetrainCommand
{
    public static Command Create(SharedOptions shared)
    {
        var runner = new CommandRunner(shared);
        var model = new Argument<string?>("MODEL") { Description = "Retrain this model now; without it, list what waits.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("retrain", "Retrain a model, or list retraining jobs.") { model };
        runner.Set(command, async (context, cancellation) =>
        {
            if (context.Parsed.GetValue(model) is { } name)
            {
                var job = await context.PostAsync($"/v1/models/{Uri.EscapeDataString(name)}/retrain", null, cancellation);
                return new CommandOutcome(job, console => console.WriteLine(job.ToJsonString(new() { WriteIndented = true })));
            }

            var document = await context.Client.GetAsync("/v1/retraining", cancellation);
            return new CommandOutcome(document, console => console.Write(ResourceTable.Of((JsonArray)document["jobs"]!, "id", "model", "state", "due_at", "reason", "version")));
        });
        return command;
    }
}
