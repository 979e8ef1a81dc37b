using System.CommandLine;

namespace Flyball.Server.Cli;

/// <summary><c>flyball runs list|show|compare|log</c>.</summary>
internal static class RunsCommand
{
    public static Command Create(SharedOptions shared)
    {
        var runner = new CommandRunner(shared);
        return new Command("runs", "Look at training runs.") { RunsListCommand.Create(runner), RunsShowCommand.Create(runner), RunsCompareCommand.Create(runner), RunsLogCommand.Create(runner) };
    }

    /// <summary>The argument of every command about one run.</summary>
    public static Argument<string> Id(string name, string description) => new(name) { Description = $"{description}: its id, or the first eight digits of it or more." };
}
