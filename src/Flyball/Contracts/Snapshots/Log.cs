using Microsoft.Extensions.Logging;

namespace Flyball.Contracts.Snapshots;

/// <summary>What snapshots say, event ids 1180 to 1189.</summary>
internal static partial class Log
{
    [LoggerMessage(1180, LogLevel.Information, "Took the state at position {Restored} from the snapshot, and read {Rows} records behind it from the log")]
    public static partial void Restored(ILogger logger, long restored, long rows);

    [LoggerMessage(1181, LogLevel.Warning, "The snapshot of the event log cannot be used and is put aside: {Reason}. Its state was made again from the log")]
    public static partial void Unusable(ILogger logger, string reason);

    [LoggerMessage(1182, LogLevel.Information, "Parts of the snapshot could not be used, because definitions changed or they are damaged, and were made again from the log: {Parts}")]
    public static partial void Rebuilt(ILogger logger, string parts);

    [LoggerMessage(1183, LogLevel.Warning, "The snapshot of the event log was not written, and will be tried again: {Reason}")]
    public static partial void NotSaved(ILogger logger, string reason);
}
