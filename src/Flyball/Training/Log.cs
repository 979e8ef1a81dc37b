using Microsoft.Extensions.Logging;

namespace Flyball.Training;

/// <summary>What training says, event ids 3200 to 3299. Never a value of a row.</summary>
internal static partial class Log
{
    [LoggerMessage(3200, LogLevel.Warning, "The run {Run} is not noted among the experiments, and goes on: {Reason}")]
    public static partial void NotNoted(ILogger logger, string run, string reason);
}
