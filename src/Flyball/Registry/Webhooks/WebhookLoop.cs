using Flyball.Workspaces;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Flyball.Registry.Webhooks;

/// <summary>Delivers events at an interval. A round that fails is logged and tried again: it never stops the loop.</summary>
internal sealed class WebhookLoop(WebhookDelivery delivery, LoopOptions loops, WebhookOptions options, TimeProvider time, ILogger<WebhookLoop> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!loops.Enabled)
        {
            return;
        }

        using var timer = new PeriodicTimer(options.Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await PumpAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host is stopping.
        }
    }

    private async Task PumpAsync(CancellationToken cancellation)
    {
        try
        {
            await delivery.PumpAsync(cancellation);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Log.RoundFailed(log, e);
        }
    }
}
