using Microsoft.Extensions.Logging;

namespace Flyball.Contracts;

/// <summary>What the contracts stage says, event ids 1100 to 1199. Never a row, never a key.</summary>
internal static partial class Log
{
    [LoggerMessage(1100, LogLevel.Information, "Put {Quarantined} of {Received} rows of {Source} into quarantine; the first reason is {Code}")]
    public static partial void Quarantined(ILogger logger, string source, int received, int quarantined, string code);

    [LoggerMessage(1102, LogLevel.Warning, "Held {Held} of {Received} rows of {Source} as {Batch}: {Findings} findings; they wait for a decision")]
    public static partial void Held(ILogger logger, string source, int received, int held, string batch, int findings);

    [LoggerMessage(1103, LogLevel.Information, "{Decision} by {Caller} for {Source}: {Rows} rows")]
    public static partial void Decided(ILogger logger, string source, string decision, string caller, long rows);

    [LoggerMessage(1104, LogLevel.Warning, "The watch over the sources failed with {Code}: {Reason}")]
    public static partial void WatchFailed(ILogger logger, string code, string reason);

    [LoggerMessage(1101, LogLevel.Information, "Refused a request for {Source} with {Code}; nothing was stored")]
    public static partial void Refused(ILogger logger, string source, string code);
}
