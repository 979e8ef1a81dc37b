using Flyball.Workspaces;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Flyball.Serving.Deferred;

/// <summary>Answers requests as they come, and looks again at those that wait. A look that fails is logged and tried again: it never stops the loop.</summary>
internal sealed class DeferredLoop(DeferredPredictions queue, DeferredWorker worker, LoopOptions loops, DeferredOptions options, ILogger<DeferredLoop> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The host waits for the first step of each loop: it is nobody's turn yet.
        await Task.Yield();
        try
        {
            while (loops.Enabled)
            {
                await PumpAsync(stoppingToken);
                await queue.WaitAsync(options.Interval, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host is stopping: what waits is answered when it starts again.
        }
    }

    private async Task PumpAsync(CancellationToken cancellation)
    {
        try
        {
            await worker.PumpAsync(cancellation);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            Log.DeferredFailed(log, e);
        }
    }
}
