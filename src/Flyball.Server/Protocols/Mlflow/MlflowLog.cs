namespace Flyball.Server.Protocols.Mlflow;

/// <summary>What these routes write to the log. Event id 9010.</summary>
internal static partial class MlflowLog
{
    /// <summary>The pattern and not the path: a path may name a person.</summary>
    [LoggerMessage(9010, LogLevel.Error, "A request to {Route} failed unexpectedly")]
    public static partial void Unexpected(ILogger logger, Exception exception, string route);
}
