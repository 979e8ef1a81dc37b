using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Flyball.Contracts.Inference;
using Flyball.Engine.Problems;
using Spectre.Console;

namespace Flyball.Server.Cli;

/// <summary><c>flyball contracts infer FILE</c>: drafts a contract from what a file holds. Needs no server.</summary>
internal static partial class ContractsInferCommand
{
    public static Command Create(SharedOptions shared)
    {
        var file = new Argument<string>("FILE") { Description = "CSV, TSV or NDJSON, plain or .gz, or Parquet." };
        var source = new Option<string?>("--source") { Description = "Name of the source. Default: from the file's name.", HelpName = "NAME" };
        var output = new Option<string?>("--out") { Description = "File to write the contract to. Default: standard output.", HelpName = "FILE" };
        var command = new Command("infer", "Draft a contract from a file.") { file, source, output };
        new CommandRunner(shared).SetLocal(command, (parsed, _, _) =>
        {
            var name = parsed.GetValue(source);
            if (name is not null && !SourceName().IsMatch(name))
            {
                throw new FlyballException(new Problem("FLY3043", "A source's name has letters, digits, '_' and '-', at most 64, and begins with a letter.", new ProblemLocation(Field: "--source")));
            }

            var draft = ContractInference.Infer(parsed.GetValue(file)!, name);
            var path = parsed.GetValue(output);
            if (path is not null)
            {
                File.WriteAllText(path, draft.Yaml, new UTF8Encoding(false));
            }

            return Task.FromResult(new CommandOutcome(Document(draft, parsed.GetValue(file)!, path), console => Show(console, draft, path)));
        });
        return command;
    }

    private static JsonObject Document(ContractDraft draft, string file, string? path) => new()
    {
        ["source"] = draft.Source,
        ["file"] = Path.GetFileName(file),
        ["rows"] = draft.Rows,
        ["has_header"] = draft.HasHeader,
        ["columns"] = new JsonArray([.. draft.Columns.Select(c => (JsonNode)new JsonObject
        {
            ["name"] = c.Name,
            ["logical_type"] = c.LogicalType,
            ["required"] = c.IsRequired,
            ["null_rate"] = c.NullRate,
            ["primary_key"] = c.IsKey,
            ["event_time"] = c.IsEventTime,
            ["personal"] = c.IsPersonal,
        })]),
        ["findings"] = new JsonArray([.. draft.Findings.Select(f => (JsonNode)new JsonObject { ["column"] = f.Column, ["kind"] = f.Kind, ["message"] = f.Message })]),
        ["out"] = path,
        ["contract"] = draft.Yaml,
    };

    private static void Show(IAnsiConsole console, ContractDraft draft, string? path)
    {
        if (path is null)
        {
            // As it is: a console would wrap long lines, and this is a file.
            Console.Out.Write(draft.Yaml);
            return;
        }

        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[green]Drafted[/] {path}: {draft.Columns.Count} columns of {draft.Rows:N0} rows. To decide on:");
        foreach (var finding in draft.Findings)
        {
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[yellow]{finding.Column ?? draft.Source}[/] {finding.Message}");
        }
    }

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9_-]{0,63}\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex SourceName();
}
