using Flyball.Workspaces;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Flyball.Rollout;

/// <summary>Looks at every active rollout at an interval. A look that fails is logged and tried again: it never stops the loop.</summary>
internal sealed class RolloutLoop(Rollouts rollouts, LoopOptions loops, RolloutOptions options, TimeProvider time, ILogger<RolloutLoop> log) : BackgroundService
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
                await LookAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host is stopping.
        }
    }

    private async Task LookAsync(CancellationToken cancellation)
    {
        try
        {
            foreach (var before in rollouts.Active())
            {
                var outcome = await rollouts.EvaluateAsync(before.Id, cancellation);
                if (outcome.Status?.Rollout is { } after && (after.State != before.State || after.Step != before.Step))
                {
                    Log.Moved(log, after.Id, after.Model, after.Version, after.State, after.Step, after.Reason);
                }
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Log.LookFailed(log, e);
        }
    }
}
