using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flyball.Client;
using Flyball.Engine.Problems;
using Flyball.Native.Loading;
using Flyball.Problems;
using Flyball.Server.Hosting;
using Spectre.Console;

namespace Flyball.Server.Cli;

/// <summary>Runs the body of a command: gives it a session, prints its document or its tables, and turns problems into exit codes.</summary>
internal sealed class CommandRunner(SharedOptions shared)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Where people read: standard output, or standard error when standard output carries the JSON document.</summary>
    public static IAnsiConsole Console(bool json)
    {
        var isRedirected = json ? System.Console.IsErrorRedirected : System.Console.IsOutputRedirected;
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(json ? System.Console.Error : System.Console.Out),
            Ansi = isRedirected ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = isRedirected ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            // They look for a dozen build servers, which redirect; each start would pay for it.
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        });
        console.Pipeline.Attach(new PrintedText());
        return console;
    }

    /// <summary>Sets a command that talks to a server: the one that holds the data directory, or one started for this command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="body">What it does.</param>
    /// <param name="appliesFolder">Whether a server started for it may apply the folder at its start, as every start does.</param>
    public void Set(Command command, Func<CommandContext, CancellationToken, Task<CommandOutcome>> body, bool appliesFolder = true) =>
        command.SetAction((parsed, cancellation) => GuardAsync(parsed, async () =>
        {
            await using var session = await ServerSession.ConnectAsync(shared.ProjectOf(parsed), shared.DataOf(parsed), parsed.GetValue(shared.Actor), appliesFolder, cancellation);
            return await body(new CommandContext(parsed, session.Client, Console(parsed.GetValue(shared.Json)), parsed.GetValue(shared.Actor)), cancellation);
        }));

    /// <summary>Sets a command that needs no server.</summary>
    public void SetLocal(Command command, Func<ParseResult, IAnsiConsole, CancellationToken, Task<CommandOutcome>> body) =>
        command.SetAction((parsed, cancellation) => GuardAsync(parsed, () => body(parsed, Console(parsed.GetValue(shared.Json)), cancellation)));

    private async Task<int> GuardAsync(ParseResult parsed, Func<Task<CommandOutcome>> body)
    {
        var json = parsed.GetValue(shared.Json);

        // Signals are listened to as soon as the command has given its thread back, which a start that never waits would do too late.
        await Task.Yield();
        try
        {
            var outcome = await body();
            if (json)
            {
                System.Console.Out.WriteLine(outcome.Document.ToJsonString(Indented));
            }
            else
            {
                outcome.Show?.Invoke(Console(json: false));
            }

            return outcome.Ok ? ExitCodes.Good : ExitCodes.Failed;
        }
        catch (ProjectException e)
        {
            return Refuse(json, ProblemResults.Document(e.Problems), e.Problems.Select(p => p.ToString()), ExitCodes.Usage);
        }
        catch (FlyballException e)
        {
            return Refuse(json, ProblemResults.Document([e.Problem]), [e.Problem.ToString()], ProblemTable.ExitCodeOf(e.Problem.Code));
        }
        catch (FlyballProblemException e)
        {
            var document = e.Document ?? new JsonObject { ["status"] = e.Status, ["detail"] = e.Message };
            return Refuse(json, document, Lines(document, e.Message), e.Code is { } code ? ProblemTable.ExitCodeOf(code) : ExitCodes.Usage);
        }
        catch (NativeLibraryException e)
        {
            return Refuse(json, ProblemResults.Document([new Problem("FLY9001", e.Message)]), [e.Message], ExitCodes.Usage);
        }
        catch (HttpRequestException e)
        {
            return Refuse(json, ProblemResults.Document([new Problem("FLY9002", $"The server does not answer: {e.Message}")]), [e.Message], ExitCodes.Usage);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var broken = new Problem("FLY9003", $"The machine refuses: {e.Message}");
            return Refuse(json, ProblemResults.Document([broken]), [broken.ToString()], ExitCodes.Usage);
        }
        catch (OperationCanceledException)
        {
            await System.Console.Error.WriteLineAsync("Interrupted.");
            return ExitCodes.Usage;
        }
    }

    private static IEnumerable<string> Lines(JsonObject document, string fallback)
    {
        if (document["errors"] is JsonArray { Count: > 0 } errors)
        {
            foreach (var error in errors.OfType<JsonObject>())
            {
                var field = error["field"] is { } f ? $"{f}: " : "";
                yield return $"{PlaceOf(error)}{field}{error["code"]} {error["message"]} {error["remedy"]}".TrimEnd();
            }
        }
        else
        {
            yield return fallback;
        }
    }

    /// <summary>The file a problem is about, as compilers write it.</summary>
    private static string PlaceOf(JsonObject error) => (error["file"], error["line"]) switch
    {
        ({ } file, { } line) => $"{file}({line}): ",
        ({ } file, null) => $"{file}: ",
        (null, { } line) => $"line {line}: ",
        _ => "",
    };

    /// <summary>A command line that cannot be read.</summary>
    public static int RefuseUsage(bool json, IReadOnlyList<Problem> problems) =>
        Refuse(json, ProblemResults.Document(problems), problems.Select(p => p.Message).Append("Run flyball --help for the commands, flyball COMMAND --help for one."), ExitCodes.Usage);

    private static int Refuse(bool json, JsonObject document, IEnumerable<string> lines, int exitCode)
    {
        if (json)
        {
            System.Console.Out.WriteLine(document.ToJsonString(Indented));
        }

        foreach (var line in lines)
        {
            System.Console.Error.WriteLine($"flyball: {PrintedText.Clean(line)}");
        }

        return exitCode;
    }
}
