using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Flyball.Client;
using Flyball.Engine.Problems;
using Spectre.Console;

namespace Flyball.Server.Cli;

/// <summary><c>flyball ready MODEL[@VERSION]</c>: a readiness review from stored evidence; with <c>--attest</c> a document is attached first.</summary>
internal static class ReadyCommand
{
    public static Command Create(SharedOptions shared)
    {
        var model = new Argument<string>("MODEL") { Description = "The model, or MODEL@VERSION; without a version its champion, or its newest version." };
        var attest = new Option<string?>("--attest") { Description = "The test that a document answers, such as data.2.", HelpName = "TEST" };
        var evidence = new Option<string?>("--evidence") { Description = "The document.", HelpName = "FILE" };
        var reason = new Option<string?>("--reason") { Description = "What the document shows; goes into the audit log." };
        var command = new Command("ready", "Answer the questions of a readiness review and the ML Test Score from what is stored.") { model, attest, evidence, reason };
        new CommandRunner(shared).Set(command, async (context, cancellation) =>
        {
            var (name, version) = Parse(context.Parsed.GetValue(model)!);
            var path = $"/v1/models/{Uri.EscapeDataString(name)}";
            if (context.Parsed.GetValue(attest) is { } test)
            {
                await AttachAsync(context, $"{path}/readiness/evidence?{(version is { } about ? $"version={about.ToString(CultureInfo.InvariantCulture)}&" : "")}test={Uri.EscapeDataString(test)}&reason={Uri.EscapeDataString(context.Parsed.GetValue(reason) ?? "")}", context.Parsed.GetValue(evidence), cancellation);
            }

            var document = await context.Client.GetAsync(version is { } number ? $"{path}/versions/{number.ToString(CultureInfo.InvariantCulture)}/readiness" : $"{path}/readiness", cancellation);
            return new CommandOutcome(document, console => Show(console, document), (bool)document["ready"]! || (string?)document["risk"] != "high");
        });
        return command;
    }

    private static (string Model, int? Version) Parse(string text)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        if (at < 0)
        {
            return (text, null);
        }

        return int.TryParse(text.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? (text[..at], version)
            : throw new FlyballException(new Problem("FLY3005", "A version is named by its number.", Remedy: "Write MODEL@3, or MODEL alone for its champion."));
    }

    private static async Task AttachAsync(CommandContext context, string address, string? file, CancellationToken cancellation)
    {
        if (file is null || !File.Exists(file))
        {
            throw new FlyballException(new Problem("FLY3005", file is null ? "--attest needs --evidence with a file." : "The file of --evidence is not there.", file is null ? null : new ProblemLocation(file), "Name the document that answers the test."));
        }

        using var body = new ByteArrayContent(await File.ReadAllBytesAsync(file, cancellation));
        using var response = await context.Client.Http.PostAsync(new Uri($"{address}&name={Uri.EscapeDataString(Path.GetFileName(file))}", UriKind.Relative), body, cancellation);
        if (!response.IsSuccessStatusCode)
        {
            throw new FlyballProblemException((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellation)) as JsonObject);
        }
    }

    private static void Show(IAnsiConsole console, JsonObject document)
    {
        var questions = new Table().Border(TableBorder.Minimal).AddColumns("question", "answer", "what to do");
        foreach (var question in document["questions"]!.AsArray().OfType<JsonObject>())
        {
            questions.AddRow(Text(question, "question"), Mark(question), Text(question, "remedy"));
        }

        console.Write(questions);
        var tests = new Table().Border(TableBorder.Minimal).AddColumns("test", "points", "answer", "what to do");
        foreach (var test in document["ml_test_score"]!["tests"]!.AsArray().OfType<JsonObject>())
        {
            tests.AddRow($"{Text(test, "id")} {Text(test, "test")}", ((double)test["points"]!).ToString("0.#", CultureInfo.InvariantCulture), Mark(test), Text(test, "remedy"));
        }

        console.Write(tests);
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"ML Test Score {(double)document["ml_test_score"]!["score"]!:0.#}; {((bool)document["ready"]! ? "every question is answered" : "not every question is answered")}.");
    }

    private static string Mark(JsonObject answer) => $"[{((string)answer["status"]! == "missing" ? "red" : "green")}]{Text(answer, "detail")}[/]";

    private static string Text(JsonObject answer, string name) => Markup.Escape((string?)answer[name] ?? "");
}
