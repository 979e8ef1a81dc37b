using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flyball.Serving;
using Flyball.Serving.Batches;
using Flyball.Storage.DataDirectories;
using Spectre.Console;

namespace Flyball.Server.Cli;

/// <summary>
/// <c>flyball score</c>: a file of requests through one version, in this process. A server is asked once, for the version and the definitions; what
/// follows needs none, and slows none down.
/// </summary>
internal static class ScoreCommand
{
    private const string Champion = "champion";

    public static Command Create(SharedOptions shared)
    {
        var selector = new VersionSelector();
        var input = new Argument<string>("IN") { Description = "The requests: CSV, TSV or NDJSON, plain or .gz, or Parquet." };
        var output = new Argument<string>("OUT") { Description = "The scores: .parquet or .csv; one that is there is replaced." };
        var columns = new Option<string?>("--columns") { Description = "Columns of the contract to carry along, or all; default: its key.", HelpName = "all|NAME,.." };
        var batch = new Option<int>("--batch") { Description = "Rows that go through the model at once.", HelpName = "N", DefaultValueFactory = _ => 4_096 };
        var strict = new Option<bool>("--strict") { Description = "Refuse the file at its first bad row, instead of putting bad rows aside." };
        var resume = new Option<bool>("--resume") { Description = "Go on where an interrupted scoring of the same file stood." };
        var command = new Command("score", "Score a file of requests with one version; the champion when none is named.") { selector.Name, input, output };
        foreach (var option in (Option[])[columns, batch, strict, resume])
        {
            command.Options.Add(option);
        }

        new CommandRunner(shared).SetLocal(command, async (parsed, console, cancellation) =>
        {
            var terms = new BatchTerms
            {
                Input = parsed.GetValue(input)!,
                Output = parsed.GetValue(output)!,
                Columns = parsed.GetValue(columns)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [],
                BatchRows = parsed.GetValue(batch),
                IsStrict = parsed.GetValue(strict),
                Resumes = parsed.GetValue(resume),
            };
            var folder = Directory.CreateTempSubdirectory("flyball-score-").FullName;
            try
            {
                var version = await LoadAsync(new ScoringSource(shared, parsed, selector), console, folder, cancellation);
                return Score(version, terms, cancellation);
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        });
        return command;
    }

    /// <summary>The version, ready in this process; the server, or the one started for this, is left again at once.</summary>
    private static async Task<ServedVersion> LoadAsync(ScoringSource source, IAnsiConsole console, string folder, CancellationToken cancellation)
    {
        var (shared, parsed, selector) = source;
        var data = shared.DataOf(parsed);
        await using var session = await ServerSession.ConnectAsync(shared.ProjectOf(parsed), data, parsed.GetValue(shared.Actor), appliesFolder: true, cancellation);
        var (model, number) = await selector.ResolveAsync(new CommandContext(parsed, session.Client, console, parsed.GetValue(shared.Actor)), cancellation, Champion);
        var address = string.Create(CultureInfo.InvariantCulture, $"/v1/models/{model}/versions/{number}");
        var definitions = (await session.Client.GetAsync(address + "/scoring", cancellation)).Deserialize<ScoringDefinitions>(SnakeCase)!;
        using var response = await session.Client.Http.GetAsync(new Uri(address + "/bundle", UriKind.Relative), cancellation);
        await ProgressRequest.ThrowIfRefusedAsync(response, cancellation);
        return definitions.Load(await response.Content.ReadAsByteArrayAsync(cancellation), folder, DataDirectory.KeysIn(data));
    }

    private static JsonSerializerOptions SnakeCase { get; } = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private static CommandOutcome Score(ServedVersion version, BatchTerms terms, CancellationToken cancellation)
    {
        using (version.Scorer)
        {
            var clock = new ScoreProgress(TimeProvider.System, Console.Error);
            var result = new BatchScoring(version).Run(terms, clock.Tell, cancellation);
            var seconds = clock.Seconds;
            var document = new JsonObject
            {
                ["model"] = version.Model,
                ["version"] = version.Version,
                ["digest"] = version.Digest.Hex,
                ["rows"] = result.Rows,
                ["scored"] = result.Scored,
                ["rejected"] = result.Rejected,
                ["resumed_at"] = result.Skipped,
                ["out"] = terms.Output,
                ["rejected_out"] = result.RejectedFile,
                ["sha256"] = result.Sha256,
                ["input_sha256"] = result.InputSha256,
                ["seconds"] = Math.Round(seconds, 3),
                ["rows_per_second"] = seconds > 0 ? Math.Round((result.Rows - result.Skipped) / seconds) : null,
                ["peak_memory_bytes"] = result.PeakMemoryBytes,
            };
            return new CommandOutcome(document, console => Show(console, document));
        }
    }

    private static void Show(IAnsiConsole console, JsonObject answer)
    {
        console.MarkupLineInterpolated(
            CultureInfo.InvariantCulture,
            $"{answer["scored"]!.GetValue<long>():N0} of {answer["rows"]!.GetValue<long>():N0} rows scored by [bold]{answer["model"]!.GetValue<string>()}[/] {answer["version"]!.GetValue<int>()} in {answer["seconds"]!.GetValue<double>():N1} s: {answer["out"]!.GetValue<string>()}");
        if (answer["rejected_out"] is { } rejected)
        {
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{answer["rejected"]!.GetValue<long>():N0} rows break the contract; the reasons are in {rejected.GetValue<string>()}");
        }
    }

    private sealed record ScoringSource(SharedOptions Shared, ParseResult Parsed, VersionSelector Selector);
}
