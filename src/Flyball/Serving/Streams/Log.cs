using Microsoft.Extensions.Logging;

namespace Flyball.Serving.Streams;

/// <summary>The log messages of streams of predictions: 5010 to 5019.</summary>
internal static partial class Log
{
    [LoggerMessage(5010, LogLevel.Error, "The stream {Output} failed and is tried again")]
    public static partial void StreamFailed(ILogger logger, string output, Exception exception);
}
