using Microsoft.Extensions.Logging;

namespace Flyball.Registry.Webhooks;

/// <summary>The log messages of webhooks.</summary>
internal static partial class Log
{
    [LoggerMessage(4001, LogLevel.Warning, "Event {Seq} is left out for the webhook {Webhook}: {Reason}")]
    public static partial void EventRefused(ILogger logger, long seq, string webhook, string reason);

    [LoggerMessage(4002, LogLevel.Warning, "The webhook {Webhook} is switched off after {Attempts} failures: {Reason}")]
    public static partial void WebhookDisabled(ILogger logger, string webhook, int attempts, string reason);

    [LoggerMessage(4003, LogLevel.Error, "A round of webhook deliveries failed and is tried again")]
    public static partial void RoundFailed(ILogger logger, Exception exception);
}
