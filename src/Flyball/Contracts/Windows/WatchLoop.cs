using Flyball.Engine.Problems;
using Flyball.Workspaces;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Flyball.Contracts.Windows;

/// <summary>Watches the sources every ten seconds, and judges what is in the windows when the program ends.</summary>
internal sealed class WatchLoop(QualityWatch watch, TimeProvider time, LoopOptions options, ILogger<WatchLoop> logger) : BackgroundService
{
    private static readonly TimeSpan Often = TimeSpan.FromSeconds(10);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (options.Enabled)
        {
            await TryAsync(watch.FinishAsync, cancellationToken);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Enabled)
        {
            return;
        }

        using var timer = new PeriodicTimer(Often, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await TryAsync(watch.CheckAsync, stoppingToken);
        }
    }

    private async Task TryAsync(Func<CancellationToken, Task> check, CancellationToken ct)
    {
        try
        {
            await check(ct);
        }
        catch (FlyballException e)
        {
            // A log that takes no more is said by whoever appends to it: the watch goes on.
            Contracts.Log.WatchFailed(logger, e.Problem.Code, e.Problem.Message);
        }
    }
}
