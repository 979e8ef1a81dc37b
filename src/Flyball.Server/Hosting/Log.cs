using Flyball.Engine.Problems;

namespace Flyball.Server.Hosting;

/// <summary>The host's log messages: 9100 to 9199.</summary>
internal static partial class Log
{
    [LoggerMessage(9100, LogLevel.Error, "A deployed version could not be loaded. {Problem}")]
    public static partial void NotRestored(ILogger logger, Problem problem);
}
