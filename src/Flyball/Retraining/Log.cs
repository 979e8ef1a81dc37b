using Microsoft.Extensions.Logging;

namespace Flyball.Retraining;

/// <summary>Retraining's log messages: 8000 to 8099.</summary>
internal static partial class Log
{
    [LoggerMessage(8000, LogLevel.Error, "Looking for due retraining failed and is tried again")]
    public static partial void LookFailed(ILogger logger, Exception exception);
}
