using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Flyball.Engine.Problems;
using Spectre.Console;

namespace Flyball.Server.Cli;

/// <summary><c>flyball features history</c>: point-in-time values of views for a spine, or of a model for its own requests with their labels.</summary>
internal static class FeaturesHistoryCommand
{
    public static Command Create(SharedOptions shared)
    {
        var options = new HistoryArguments();
        var command = new Command("history", "Write the values that features had at the instants of a spine.");
        foreach (var option in options.All)
        {
            command.Options.Add(option);
        }

        new CommandRunner(shared).Set(command, async (context, cancellation) =>
        {
            var output = HistoryFile.Checked(context.Parsed.GetValue(options.Out)!);
            var spine = context.Parsed.GetValue(options.Spine);
            var query = options.QueryOf(context.Parsed, Path.GetExtension(output)[1..]);
            if (spine is null == context.Parsed.GetValue(options.Model) is null)
            {
                throw new FlyballException(new Problem("FLY3177", "Neither or both of a spine and a model were named.", Remedy: "Give --spine FILE with --view VIEW, or --model MODEL alone."));
            }

            var file = new HistoryFile(context.Client.Http);
            var started = TimeProvider.System.GetTimestamp();
            var answer = await AskAsync(context, shared, file, query, spine, cancellation);
            await file.FetchAsync(answer, output, cancellation);
            answer["out"] = output;
            answer["seconds"] = Math.Round(TimeProvider.System.GetElapsedTime(started).TotalSeconds, 3);
            return new CommandOutcome(answer, console => Show(console, answer));
        });
        return command;
    }

    private static Task<JsonObject> AskAsync(CommandContext context, SharedOptions shared, HistoryFile file, string query, string? spine, CancellationToken cancellation)
    {
        if (context.Parsed.GetValue(shared.Json) || Console.IsOutputRedirected || !context.Console.Profile.Capabilities.Interactive)
        {
            return file.AskAsync(query, spine, _ => { }, cancellation);
        }

        return context.Console.Status().StartAsync("Sending", status => file.AskAsync(
            query,
            spine,
            step => status.Status = Markup.Escape(string.Create(CultureInfo.InvariantCulture, $"{step["step"]}: {step["detail"]}, {step["seconds"]} s")),
            cancellation));
    }

    private static void Show(IAnsiConsole console, JsonObject answer)
    {
        var manifest = answer["manifest"]!;
        console.MarkupLineInterpolated(
            CultureInfo.InvariantCulture,
            $"{manifest["rows"]!.GetValue<long>():N0} rows in [bold]{answer["out"]!.GetValue<string>()}[/], SHA-256 {manifest["sha256"]!.GetValue<string>()[..12]}; {manifest["mode"]!.GetValue<string>()} at horizon {manifest["horizon"]!.GetValue<long>()}");
        foreach (var found in answer["found"] as JsonArray ?? [])
        {
            console.MarkupLineInterpolated(
                CultureInfo.InvariantCulture,
                $"{found!["source"]!.GetValue<string>()} by {found["key"]!.GetValue<string>()}: {found["known"]!.GetValue<long>():N0} of {found["rows"]!.GetValue<long>():N0} rows find an event");
        }
    }
}
