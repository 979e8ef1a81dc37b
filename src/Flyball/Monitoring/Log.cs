using Microsoft.Extensions.Logging;

namespace Flyball.Monitoring;

/// <summary>Monitoring's log messages: 7000 to 7099.</summary>
internal static partial class Log
{
    [LoggerMessage(7000, LogLevel.Warning, "The daily check of {Model} failed: {Code} {Reason}")]
    public static partial void CheckFailed(ILogger logger, string model, string code, string reason);
}
