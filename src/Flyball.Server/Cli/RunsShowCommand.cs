using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace Flyball.Server.Cli;

/// <summary><c>flyball runs show RUN_ID</c>: what went in, what each step cost, what came out.</summary>
internal static class RunsShowCommand
{
    public static Command Create(CommandRunner runner)
    {
        var id = RunsCommand.Id("RUN_ID", "The run");
        var command = new Command("show", "Show one run with its steps.") { id };
        runner.Set(command, async (context, cancellation) =>
        {
            var document = await context.Client.GetAsync($"/v1/runs/{Uri.EscapeDataString(context.Parsed.GetValue(id)!)}", cancellation);
            return new CommandOutcome(document, console => Show(console, document));
        });
        return command;
    }

    private static void Show(IAnsiConsole console, JsonObject run)
    {
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"Run [bold]{Text(run["run_id"])}[/] of {Text(run["model"])}: {Text(run["state"])}, attempt {Text(run["attempts"])}, by {Text(run["author"])}, started {Text(run["started_at"])}");
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"Data up to log position {Text(run["horizon"])}; bundle {Text(run["bundle"])}");
        if (run["source"] is JsonObject source)
        {
            ShowSource(console, source);
        }

        if (run["identity"]?["program"]?["processor"] is JsonObject processor)
        {
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"Processor {Text(processor["architecture"])}, vectors of {Text(processor["vector_bits"])} bits, {string.Join(' ', (processor["sets"] as JsonArray ?? []).Select(Text))}");
        }

        if (run["error"] is { } error)
        {
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[red]{Text(error)}[/]");
        }

        var steps = new Table().Border(TableBorder.Minimal).AddColumns("attempt", "step", "state", "seconds", "processor", "memory", "detail");
        foreach (var step in (run["steps"] as JsonArray ?? []).OfType<JsonObject>())
        {
            var memory = (step["peak_memory_bytes"]?.GetValue<long>() ?? 0) >> 20;
            steps.AddRow(
                Text(step["attempt"]), Text(step["step"]), Text(step["state"]), Text(step["seconds"]), Text(step["cpu_seconds"]), string.Create(CultureInfo.InvariantCulture, $"{memory} MB"), Markup.Escape(Text(step["detail"])));
        }

        console.Write(steps);
        var metrics = new Table().Border(TableBorder.Minimal).AddColumns("metric", "value");
        foreach (var (name, value) in run["result"]?["metrics"] as JsonObject ?? [])
        {
            metrics.AddRow(Markup.Escape(name), value!.GetValue<double>().ToString("0.######", CultureInfo.InvariantCulture));
        }

        console.Write(metrics);
    }

    /// <summary>A run of an earlier program kept a caller's words where the applied commit stands now.</summary>
    private static void ShowSource(IAnsiConsole console, JsonObject source)
    {
        if (source["applied"] is { } applied)
        {
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"Project {Text(applied)}{(source["commit"] is { } commit ? $", applied from commit {Text(commit)}{(source["dirty"]?.GetValue<bool>() == true ? " with changes" : "")}" : "")}");
        }

        if ((source["claimed"] ?? (source["applied"] is null ? source : null)) is JsonObject claimed)
        {
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[yellow]Claimed[/] by the caller: commit {Text(claimed["commit"])}{(claimed["dirty"]?.GetValue<bool>() == true ? " with changes" : "")}");
        }
    }

    private static string Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : node?.ToJsonString() ?? "";
}
