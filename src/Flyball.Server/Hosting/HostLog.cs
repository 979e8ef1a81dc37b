using Flyball.Engine.Problems;
using Flyball.Governance.Applied;

namespace Flyball.Server.Hosting;

/// <summary>What the host says at start. Event ids 9001 on.</summary>
internal static partial class HostLog
{
    [LoggerMessage(9001, LogLevel.Error, "A deployed version is not served. {Problem}")]
    public static partial void VersionMissing(ILogger logger, Problem problem);

    [LoggerMessage(9002, LogLevel.Warning, "The folder is not applied: what was applied last runs on. {File} waits ({Change}). 'flyball plan' shows the whole, 'flyball apply' applies it.")]
    public static partial void FileWaits(ILogger logger, string file, string change);

    [LoggerMessage(9003, LogLevel.Warning, "The folder is not applied: {Reason}")]
    public static partial void Refused(ILogger logger, string reason);

    [LoggerMessage(9004, LogLevel.Information, "The server drains: it answers for {Seconds} s more, and health says so")]
    public static partial void Draining(ILogger logger, double seconds);

    [LoggerMessage(9005, LogLevel.Information, "Flyball is ready at {Address} after {Seconds} s")]
    public static partial void Ready(ILogger logger, Uri address, double seconds);

    /// <summary>Which files wait, and why.</summary>
    public static void SayWaiting(ILogger logger, ProjectStart start)
    {
        foreach (var (file, change) in start.Waiting?.Files.OrderBy(f => f.Key, StringComparer.Ordinal) ?? Enumerable.Empty<KeyValuePair<string, string>>())
        {
            FileWaits(logger, file, change);
        }

        foreach (var problem in start.Waiting?.Problems ?? [])
        {
            Refused(logger, problem.ToString());
        }

        foreach (var (model, reason) in start.Waiting?.Breaks.OrderBy(b => b.Key, StringComparer.Ordinal) ?? Enumerable.Empty<KeyValuePair<string, string>>())
        {
            Refused(logger, $"it would break the model {model}: {reason}");
        }
    }
}
