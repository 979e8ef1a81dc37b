using Flyball.Engine.Time;
using Flyball.Workspaces;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Flyball.Retraining;

/// <summary>Runs due retraining at an interval. A look that fails is logged and tried again: it never stops the loop.</summary>
internal sealed class RetrainingLoop(RetrainJobs jobs, LoopOptions loops, TimeProvider time, ILogger<RetrainingLoop> log) : BackgroundService
{
    private static readonly TimeSpan Often = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!loops.Enabled)
        {
            return;
        }

        using var timer = new PeriodicTimer(Often, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await LookAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host is stopping: an open job goes on when it starts again.
        }
    }

    private async Task LookAsync(CancellationToken cancellation)
    {
        try
        {
            await jobs.RunDueAsync(EventTime.From(time.GetUtcNow()), cancellation);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            Log.LookFailed(log, e);
        }
    }
}
