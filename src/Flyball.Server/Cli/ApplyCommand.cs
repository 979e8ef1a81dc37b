using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Flyball.Client;
using Flyball.Engine.Problems;
using Spectre.Console;

namespace Flyball.Server.Cli;

/// <summary><c>flyball apply</c>: applies the folder. A running server takes the definitions at once, by a start in its place.</summary>
internal static class ApplyCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static Command Create(SharedOptions shared)
    {
        var allow = new Option<string[]>("--allow-breaking") { Description = "A model that may break; once for each.", HelpName = "MODEL" };
        var command = new Command("apply", "Apply the project folder.") { allow };
        new CommandRunner(shared).Set(
            command,
            async (context, cancellation) =>
            {
                var body = new JsonObject { ["allow_breaking"] = new JsonArray([.. (context.Parsed.GetValue(allow) ?? []).Select(m => (JsonNode)m)]) };
                var answer = await context.PostAsync("/v1/project/apply", body, cancellation);
                if (answer["restarting"]!.GetValue<bool>())
                {
                    answer["seconds_to_ready"] = await WaitAsync(context.Client, cancellation);
                }

                return new CommandOutcome(answer, console => Show(console, answer));
            },
            appliesFolder: false);
        return command;
    }

    private static void Show(IAnsiConsole console, JsonObject answer)
    {
        PlanCommand.Show(console, answer);
        if (answer["applied"]!.GetValue<bool>())
        {
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[green]Applied[/] as number {answer["ordinal"]!.ToJsonString()}, audit entry {answer["audit_index"]!.ToJsonString()}.");
        }
    }

    /// <summary>Asks until the server runs what was applied: it answers while it still runs the old, is away for a moment, and comes back.</summary>
    private static async Task<double> WaitAsync(FlyballClient client, CancellationToken cancellation)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(started) < Patience)
        {
            try
            {
                var ready = await client.GetAsync("/v1/project", cancellation);
                if (!ready["restarting"]!.GetValue<bool>())
                {
                    return Math.Round(TimeProvider.System.GetElapsedTime(started).TotalSeconds, 3);
                }
            }
            catch (HttpRequestException)
            {
                // Between the two hosts nobody listens.
            }

            await Task.Delay(Pause, TimeProvider.System, cancellation);
        }

        throw new FlyballException(new Problem("FLY1275", "The project is applied, and the server did not come back.", Remedy: "Look at the server's log."));
    }
}
