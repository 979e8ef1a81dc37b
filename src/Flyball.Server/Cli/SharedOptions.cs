using System.CommandLine;

namespace Flyball.Server.Cli;

/// <summary>Options that every command takes.</summary>
internal sealed class SharedOptions
{
    public Option<string> Project { get; } = new("--project") { Description = "The project folder.", Recursive = true, DefaultValueFactory = _ => ".", HelpName = "DIR" };

    public Option<string?> Data { get; } = new("--data", "--data-dir") { Description = "The data directory. Default: FLYBALL_DATA, else .flyball in the project folder.", Recursive = true, HelpName = "DIR" };

    public Option<bool> Json { get; } = new("--json") { Description = "Print one JSON document on standard output.", Recursive = true };

    public Option<string?> Actor { get; } = new("--as") { Description = "Your name for the audit log, on a server without keys.", Recursive = true, HelpName = "NAME" };

    public string ProjectOf(ParseResult parsed) => Path.GetFullPath(parsed.GetValue(Project)!);

    public string DataOf(ParseResult parsed) =>
        Path.GetFullPath(parsed.GetValue(Data) ?? Environment.GetEnvironmentVariable("FLYBALL_DATA") ?? Path.Combine(ProjectOf(parsed), ".flyball"));
}
