using Microsoft.Extensions.Logging;

namespace Flyball.Serving.Deferred;

/// <summary>The log messages of requests that are answered later: 5000 to 5009.</summary>
internal static partial class Log
{
    [LoggerMessage(5000, LogLevel.Error, "A look at requests that wait failed and is tried again")]
    public static partial void DeferredFailed(ILogger logger, Exception exception);

    [LoggerMessage(5001, LogLevel.Error, "The job {Job} failed and is tried again")]
    public static partial void JobFailed(ILogger logger, string job, Exception exception);
}
