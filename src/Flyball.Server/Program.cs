using Flyball.Server.Cli;

namespace Flyball.Server;

/// <summary>The binary <c>flyball</c>.</summary>
internal static class Program
{
    private static Task<int> Main(string[] arguments) => CommandLine.RunAsync(arguments);
}
