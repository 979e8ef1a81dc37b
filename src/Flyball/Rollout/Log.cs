using Microsoft.Extensions.Logging;

namespace Flyball.Rollout;

/// <summary>The rollout's log messages.</summary>
internal static partial class Log
{
    [LoggerMessage(6001, LogLevel.Information, "Rollout {Rollout} of {Model} version {Version} is {State} at step {Step}: {Reason}")]
    public static partial void Moved(ILogger logger, string rollout, string model, int version, string state, int step, string? reason);

    [LoggerMessage(6002, LogLevel.Error, "A look at the rollouts failed and is tried again")]
    public static partial void LookFailed(ILogger logger, Exception exception);
}
