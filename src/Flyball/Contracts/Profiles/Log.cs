using Microsoft.Extensions.Logging;

namespace Flyball.Contracts.Profiles;

/// <summary>What profiles say, event ids 1140 to 1149. Never a value.</summary>
internal static partial class Log
{
    [LoggerMessage(1140, LogLevel.Warning, "Profiles could not be written, and will be tried again: {Reason}")]
    public static partial void ProfilesNotSaved(ILogger logger, string reason);

    [LoggerMessage(1141, LogLevel.Information, "{Files} profile files were damaged, stale or of other columns, and are made again from the log")]
    public static partial void ProfilesRemoved(ILogger logger, int files);
}
