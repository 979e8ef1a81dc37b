using Flyball.Engine.Problems;

namespace Flyball.Server.Hosting;

/// <summary>What the host says at start. Event ids 9001 on.</summary>
internal static partial class HostLog
{
    [LoggerMessage(9001, LogLevel.Error, "A deployed version is not served. {Problem}")]
    public static partial void VersionMissing(ILogger logger, Problem problem);
}
