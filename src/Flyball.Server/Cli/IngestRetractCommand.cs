using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flyball.Engine.Problems;
using Spectre.Console;

namespace Flyball.Server.Cli;

/// <summary><c>flyball ingest retract SOURCE FILE</c>: takes rows back that never should have counted.</summary>
internal static class IngestRetractCommand
{
    public static Command Create(SharedOptions shared)
    {
        var source = new Argument<string>("SOURCE") { Description = "The source, whose contract takes corrections." };
        var file = new Argument<FileInfo>("FILE") { Description = "The rows as they were sent: JSON lines, or one JSON array; at most 1,000." };
        var reason = new Option<string>("--reason") { Description = "Why; goes into the audit log.", Required = true };
        var command = new Command("retract", "Take stored rows back: all of them, or none.") { source, file, reason };
        new CommandRunner(shared).Set(command, async (context, cancellation) =>
        {
            var rows = await ReadAsync(context.Parsed.GetValue(file)!, cancellation);
            var body = new JsonObject { ["reason"] = context.Parsed.GetValue(reason), ["rows"] = rows };
            var document = await context.PostAsync($"/v1/retractions/{Uri.EscapeDataString(context.Parsed.GetValue(source)!)}", body, cancellation);
            return new CommandOutcome(document, console => console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{document["retracted"]} rows taken back, {document["duplicates"]} were before.")));
        });
        return command;
    }

    private static async Task<JsonArray> ReadAsync(FileInfo file, CancellationToken cancellation)
    {
        if (!file.Exists)
        {
            throw new FlyballException(new Problem("FLY1223", $"There is no file {file.Name}.", Remedy: "Name a file of JSON lines with the rows to take back."));
        }

        var text = await File.ReadAllTextAsync(file.FullName, cancellation);
        var line = 0;
        try
        {
            if (text.AsSpan().TrimStart().StartsWith("["))
            {
                return JsonNode.Parse(text)!.AsArray();
            }

            var rows = new JsonArray();
            foreach (var one in text.Split('\n'))
            {
                line++;
                if (!string.IsNullOrWhiteSpace(one))
                {
                    rows.Add(JsonNode.Parse(one));
                }
            }

            return rows;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new FlyballException(new Problem("FLY1223", $"{file.Name} is not JSON lines and not a JSON array.", line > 0 ? new ProblemLocation(file.Name, line) : null, "Write one row as a JSON object on each line."), e);
        }
    }
}
