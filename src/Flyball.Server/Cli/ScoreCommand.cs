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
/// <c>flyball score</c>: a file of requests through one version, in this process. A server is asked first, for the version, the
/// definitions, and the values of features that are looked up; what follows needs none, and slows none down.
/// </summary>
internal static class ScoreCommand
{
    public static Command Create(SharedOptions shared)
    {
        var selector = new VersionSelector();
        var arguments = new ScoreArguments();
        var command = new Command("score", "Score a file of requests with one version; what answers now when none is named.") { selector.Name, arguments.In, arguments.Out };
        foreach (var option in arguments.Options)
        {
            command.Options.Add(option);
        }

        new CommandRunner(shared).SetLocal(command, async (parsed, console, cancellation) =>
        {
            var terms = arguments.TermsOf(parsed);
            var folder = Directory.CreateTempSubdirectory("flyball-score-").FullName;
            try
            {
                var (scoring, work) = await BeginAsync(new ScoringSource(shared, parsed, selector), terms, console, folder, cancellation);
                using (scoring.Version.Scorer)
                {
                    return Score(scoring.Version, work, terms, cancellation);
                }
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        });
        return command;
    }

    /// <summary>The scoring with all that a server is needed for; the server, or the one started for this, is left again at once.</summary>
    private static async Task<(BatchScoring Scoring, BatchWork Work)> BeginAsync(ScoringSource source, BatchTerms terms, IAnsiConsole console, string folder, CancellationToken cancellation)
    {
        var (shared, parsed, _) = source;
        var data = shared.DataOf(parsed);
        await using var session = await ServerSession.ConnectAsync(shared.ProjectOf(parsed), data, parsed.GetValue(shared.Actor), appliesFolder: true, cancellation);
        var scoring = await LoadAsync(source, session, console, folder, cancellation);
        try
        {
            var work = scoring.Begin(terms);
            if (work.NeedsHistory)
            {
                await Console.Error.WriteLineAsync("Features are looked up by key: the server is asked for their values at the instants of the requests.");
                await work.FindAsync(new ScoreHistory(session.Client.Http, step => Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{step["step"]}: {step["detail"]}, {step["seconds"]} s"))), cancellation);
            }

            return (scoring, work);
        }
        catch
        {
            scoring.Version.Scorer.Dispose();
            throw;
        }
    }

    private static async Task<BatchScoring> LoadAsync(ScoringSource source, ServerSession session, IAnsiConsole console, string folder, CancellationToken cancellation)
    {
        var (shared, parsed, selector) = source;
        var context = new CommandContext(parsed, session.Client, console, parsed.GetValue(shared.Actor));
        var (name, asked) = selector.Parts(context);
        var address = $"/v1/models/{name}";
        if (asked is not null)
        {
            var (_, number) = await selector.ResolveAsync(context, cancellation);
            address += string.Create(CultureInfo.InvariantCulture, $"/versions/{number}");
        }

        var definitions = (await session.Client.GetAsync(address + "/scoring", cancellation)).Deserialize<ScoringDefinitions>(SnakeCase)!;
        byte[] bundle = [];
        if (definitions.HasBundle)
        {
            using var response = await session.Client.Http.GetAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"/v1/models/{name}/versions/{definitions.Version}/bundle"), UriKind.Relative), cancellation);
            await ProgressRequest.ThrowIfRefusedAsync(response, cancellation);
            bundle = await response.Content.ReadAsByteArrayAsync(cancellation);
        }

        return definitions.Load(bundle, folder, DataDirectory.KeysIn(shared.DataOf(parsed)));
    }

    private static JsonSerializerOptions SnakeCase { get; } = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private static CommandOutcome Score(ServedVersion version, BatchWork work, BatchTerms terms, CancellationToken cancellation)
    {
        var clock = new ScoreProgress(TimeProvider.System, Console.Error);
        var result = work.Run(clock.Tell, cancellation);
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
            ["features"] = result.Features,
            ["horizon"] = result.Horizon,
            ["at"] = result.At?.ToString(),
            ["defaulted"] = new JsonObject(result.Defaulted.Select(d => KeyValuePair.Create(d.Key, (JsonNode?)d.Value))),
            ["ignored"] = result.Ignored,
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

    private static void Show(IAnsiConsole console, JsonObject answer)
    {
        console.MarkupLineInterpolated(
            CultureInfo.InvariantCulture,
            $"{answer["scored"]!.GetValue<long>():N0} of {answer["rows"]!.GetValue<long>():N0} rows scored by [bold]{answer["model"]!.GetValue<string>()}[/] {answer["version"]!.GetValue<int>()} in {answer["seconds"]!.GetValue<double>():N1} s: {answer["out"]!.GetValue<string>()}");
        if (answer["features"] is { } features)
        {
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"looked up features from {features.GetValue<string>()}{(answer["horizon"] is { } horizon ? $", at horizon {horizon.GetValue<long>()}" : "")}");
        }

        foreach (var (field, count) in answer["defaulted"]!.AsObject())
        {
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{count!.GetValue<long>():N0} rows took the declared value of {field}");
        }

        if (answer["rejected_out"] is { } rejected)
        {
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{answer["rejected"]!.GetValue<long>():N0} rows got no score; the reasons are in {rejected.GetValue<string>()}");
        }
    }

    private sealed record ScoringSource(SharedOptions Shared, ParseResult Parsed, VersionSelector Selector);
}
