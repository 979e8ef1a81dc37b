using System.CommandLine;
using System.Text.Json.Nodes;
using Flyball.Client;
using Spectre.Console;

namespace Flyball.Server.Cli;

/// <summary>What the body of a command works with.</summary>
internal sealed record CommandContext(ParseResult Parsed, FlyballClient Client, IAnsiConsole Console, string? Actor)
{
    public Task<JsonObject> PostAsync(string path, JsonObject? body, CancellationToken cancellation) => Client.PostAsync(path, body, cancellation: cancellation);
}

/// <summary>What a command found.</summary>
/// <param name="Document">What <c>--json</c> prints.</param>
/// <param name="Show">What people see.</param>
/// <param name="Ok">False when a check or gate failed.</param>
internal sealed record CommandOutcome(JsonObject Document, Action<IAnsiConsole>? Show = null, bool Ok = true);
