using Microsoft.Extensions.Logging;

namespace Flyball.Serving.Logged;

/// <summary>What the search in the prediction log says. Event ids 5090 on.</summary>
internal static partial class Log
{
    [LoggerMessage(5090, LogLevel.Warning, "The index of the prediction log is behind: {Reason}")]
    public static partial void IndexBehind(ILogger logger, string reason);
}
